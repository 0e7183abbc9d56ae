"""Heads and hashes in mails; reports that were replaced as a whole are detected with them."""

import hashlib
import io
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import override_settings

from accounts.models import Clearance, Mail
from accounts.services import send_mail, unsent_mails
from audit.models import Chain
from reports.documents import document_of, rendered
from reports.models import BoardReport, PortalNotice, ReportSnapshot
from reports.queries.audit_heads import missing_heads
from reports.rules.packing import packed
from reports.services.heads import queue_head_mails
from reports.services.verifying import verify_report
from reports.tasks import send_heads
from tests.factories import make_user, unsealed
from tests.integration.audit.attacks import all_powers, findings, is_clean
from tests.integration.reports.board_trials import LATER, enrol_many, make_board_trial, make_look
from tests.sealing import seal_everything, settle
from trials.models import Trial

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


@pytest.fixture
def trial() -> Trial:
    trial = make_board_trial()
    enrol_many(trial, 2)
    seal_everything()
    return trial


def outbox() -> list[tuple[str, str]]:
    rows = Mail.objects.order_by("about", "recipient_id", "address")
    return [(row.about, row.recipient.username if row.recipient else row.address) for row in rows]


def sent_text(path: Path) -> str:
    """The last queued mail, as its reader saves it."""
    send_mail(mail_id=unsent_mails()[-1], at=NOON)
    path.write_bytes(mail.outbox[-1].message().as_bytes())
    return str(mail.outbox[-1].body)


@override_settings(TRAIL_HEADS_ADDRESSES=("keeper@elsewhere.example",))
def test_heads_leave_each_month_once_to_data_manager_auditor_and_the_addresses_of_the_site(
    trial: Trial,
) -> None:
    make_user("data_manager", trial=trial, username="manager", email="m@a.example")
    make_user("auditor", trial=trial, username="auditor", email="a@a.example")
    make_user("investigator", trial=trial, username="blinded")
    for moment in (
        NOON,
        NOON.replace(day=20),
        NOON.replace(day=31, hour=22),
        NOON.replace(year=2027, month=1),
    ):
        queue_head_mails(trial=trial, at=moment)

    readers = ["auditor", "keeper@elsewhere.example", "manager"]
    by_month = {
        month: sorted(who for about, who in outbox() if about == f"{trial.code} {month}")
        for month in ("2026-12", "2027-01")
    }
    assert by_month == {"2026-12": readers, "2027-01": readers}
    assert len(outbox()) == 6


@override_settings(TRAIL_HEADS_ADDRESSES=("keeper@elsewhere.example",), LANGUAGE_CODE="en")
def test_the_mail_holds_hashes_and_nothing_that_counts(trial: Trial, tmp_path: Path) -> None:
    queue_head_mails(trial=trial, at=NOON)

    text = sent_text(tmp_path / "mail.eml")

    heads = set(Chain.objects.values_list("head_sha256", flat=True))
    with unsealed(trial):
        heads |= set(Chain.objects.filter(trial_id=trial.pk).values_list("head_sha256", flat=True))
    lines = [line for line in text.splitlines() if re.search("[0-9a-f]{64}", line)]
    assert {line.split()[-1] for line in lines} >= heads
    names = [line.rsplit(" ", 1)[0] for line in lines]
    assert names == ["Trail, open:", "Trail, sealed:", "Accounts, open:"]
    assert not re.search(r"block|entries", text)


def test_the_task_seals_first_and_needs_nobody(trial: Trial) -> None:
    make_user("auditor", trial=trial)
    settle()

    send_heads()
    send_heads()

    assert len(outbox()) == 1


@override_settings(TRAIL_HEADS_ADDRESSES=())
def test_heads_that_nobody_would_receive_do_not_open_the_seal(trial: Trial) -> None:
    queue_head_mails(trial=trial, at=NOON)

    assert outbox() == []
    assert not Clearance.objects.filter(purpose="Send the heads of the trail").exists()


@override_settings(TRAIL_HEADS_ADDRESSES=("keeper@elsewhere.example",))
def test_sealed_work_changes_neither_number_nor_moment_of_the_mails(trial: Trial) -> None:
    """The sealed head is another one each time anyway: looking at it is itself in the chain."""
    queue_head_mails(trial=trial, at=NOON)
    seal_everything()
    queue_head_mails(trial=trial, at=NOON.replace(year=2027, month=1))

    first, second = Mail.objects.order_by("id").values_list("words__lines", flat=True)
    assert len(first) <= len(second)
    assert first[2] != second[2]
    assert (first[1] == second[1], first[2].split(":")[0]) == (True, "Trail, sealed")


def test_outboxes_are_verified_without_a_trial(trial: Trial) -> None:
    PortalNotice.objects.create(recipient=make_user(), created_at=NOON)
    seal_everything()
    with all_powers() as cursor:
        cursor.execute("UPDATE audit_entry SET reason = 'forged' WHERE table_name = 'reports_portalnotice'")

    assert "(reports_portalnotice" in findings()


@pytest.fixture
def report(trial: Trial) -> BoardReport:
    """The report of the tenth enrolment, made whole."""
    enrol_many(trial, 8)
    settle()
    (report,) = make_look(trial, at=LATER)
    return report


def rewrite(report: BoardReport) -> None:
    """Snapshots, documents and every hash beside them, so that they fit each other; the trail stays."""
    with unsealed(report.trial):
        snapshots = {row.kind: bytes(row.content) for row in ReportSnapshot.objects.filter(report=report)}
    forged = {
        kind: content.replace(b'"title":"', b'"title":"Forged: ', 1) for kind, content in snapshots.items()
    }
    assert forged != snapshots
    with all_powers("reports_reportsnapshot", "reports_reportdocument", "reports_boardreport") as cursor:
        for kind, content in forged.items():
            digest = hashlib.sha256(content).hexdigest()
            cursor.execute(
                "UPDATE reports_reportsnapshot SET content = %s, sha256 = %s WHERE report_id = %s AND kind = %s",
                [packed(content), digest, report.pk, kind],
            )
            if kind == "open":
                cursor.execute(
                    "UPDATE reports_boardreport SET snapshot_sha256 = %s WHERE id = %s", [digest, report.pk]
                )
            for form, made in rendered(document_of(content)).items():
                cursor.execute(
                    "UPDATE reports_reportdocument SET content = %s, sha256 = %s "
                    "WHERE report_id = %s AND kind = %s AND format = %s",
                    [made, hashlib.sha256(made).hexdigest(), report.pk, kind, form],
                )


@override_settings(TRAIL_HEADS_ADDRESSES=("keeper@elsewhere.example",))
def test_a_report_that_was_replaced_as_a_whole_is_found(
    trial: Trial, report: BoardReport, tmp_path: Path
) -> None:
    """First by the trail; then, when the entries are changed to match and sealed again, by the mail."""
    seal_everything()
    assert verify_report(report=report, at=NOON) == ()
    queue_head_mails(trial=trial, at=NOON)
    assert f"{trial.code} report {report.number}" in {about for about, _who in outbox()}
    text = sent_text(tmp_path / "mail.eml")
    assert f"Report {report.number}, open: {report.snapshot_sha256}" in text
    assert f"Report {report.number}, closed: " in text

    rewrite(report)

    report.refresh_from_db()
    named = {
        (one.kind, "behind the trail's back" in one.what) for one in verify_report(report=report, at=NOON)
    }
    assert named == {("report", True), ("open", True), ("closed", True)}

    tables = ("reports_reportsnapshot", "reports_reportdocument", "reports_boardreport")
    with all_powers(*tables) as cursor:  # as somebody does who knows how the trail is made
        for table in tables:
            cursor.execute(
                f"UPDATE audit_entry e SET new = to_jsonb(t) - 'content' FROM {table} t WHERE e.table_name = '{table}' "
                "AND e.row_id = t.id AND e.id = (SELECT max(id) FROM audit_entry WHERE table_name = e.table_name "
                "AND row_id = e.row_id)"
            )
    assert verify_report(report=report, at=NOON) == ()
    said = io.StringIO()
    with pytest.raises(CommandError, match="1 of 1 reports"):
        call_command("verify_report", trial.code, heads=[str(tmp_path / "mail.eml")], stderr=said)
    assert said.getvalue().count("is not the one that was kept elsewhere") == 2


def test_reports_record_the_heads_of_both_chains_when_they_are_frozen(
    trial: Trial, report: BoardReport
) -> None:
    with unsealed(trial):
        assert list(missing_heads(trial_id=trial.pk)) == []
    seal_everything()
    assert is_clean(trial.code)


def test_a_report_without_a_head_is_a_finding(trial: Trial, report: BoardReport) -> None:
    with unsealed(trial):
        snapshots = {row.pk: bytes(row.content) for row in ReportSnapshot.objects.filter(report=report)}
    with all_powers("reports_reportsnapshot") as cursor:
        for pk, content in snapshots.items():
            bare = re.sub(rb'"audit_head":\{[^}]*\}', b'"audit_head":{}', content)
            cursor.execute("UPDATE reports_reportsnapshot SET content = %s WHERE id = %s", [packed(bare), pk])

    found = findings(trial.code)

    assert f"the open snapshot of report {report.number} holds no head of the open chain" in found
    assert f"the closed snapshot of report {report.number} holds no head of the sealed chain" in found


def test_a_report_that_is_gone_though_its_hash_was_kept_is_named(trial: Trial, tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_text(f"Trial: {trial.code}\nReport 3, open: {'0' * 64}\n")
    said = io.StringIO()

    with pytest.raises(CommandError):
        call_command("verify_report", trial.code, heads=[str(kept)], stderr=said)

    assert f"{trial.code}, report 3, report: it is not there, though its hash was kept." in said.getvalue()
