"""Making a report: safe to be killed at any step, refused when late, the same bytes again."""

import json
from datetime import timedelta

import pytest

from accounts.models import SealedError
from audit.models import Entry
from dsmb.choices import ReportFormat, ReportKind, ReportState
from dsmb.models import BoardMessage, BoardReport, ReportDocument, ReportSnapshot
from dsmb.rendering.document import sha256_hex
from dsmb.services.looks import owe_looks
from dsmb.services.making import (
    LEASE,
    OutdatedAttemptError,
    claim_report,
    freeze_report,
    keep_documents,
    make_report,
    render_documents,
)
from dsmb.services.verifying import verify_report
from tests.factories import make_user, unsealed
from tests.integration.dsmb.board_trials import (
    LATER,
    document,
    enrol_many,
    make_look,
    report_event,
    treat,
)
from trials.models import Trial

AFTER_LEASE = LATER + LEASE


@pytest.fixture
def owed(trial: Trial) -> BoardReport:
    """The report of the tenth enrolment, still to be made."""
    for person in enrol_many(trial, 10):
        treat(person)
        report_event(person, serious=True, severity="SEVERE")
    (report,) = owe_looks(trial_id=trial.pk, at=LATER)
    return report


def kept(report: BoardReport) -> list[tuple[str, str]]:
    with unsealed(report.trial):
        return list(ReportDocument.objects.filter(report=report).values_list("kind", "format"))


def test_report_has_open_and_closed_documents_in_every_format(owed):
    assert make_report(report_id=owed.pk, at=LATER)

    owed.refresh_from_db()
    assert owed.state == ReportState.READY
    assert sorted(kept(owed)) == sorted(
        (kind, form) for kind in ReportKind.values for form in ReportFormat.values
    )


def test_report_that_is_ready_is_not_made_again(owed):
    make_report(report_id=owed.pk, at=LATER)
    owed.refresh_from_db()

    assert not make_report(report_id=owed.pk, at=AFTER_LEASE)

    again = BoardReport.objects.get(pk=owed.pk)
    assert (again.attempt, again.version) == (owed.attempt, owed.version)


def test_report_in_somebody_elses_hands_is_left_alone(owed):
    claim_report(report_id=owed.pk, at=LATER)

    assert not make_report(report_id=owed.pk, at=AFTER_LEASE - timedelta(seconds=1))
    assert kept(owed) == []


@pytest.mark.parametrize("step", ["claimed", "frozen", "rendered"])
def test_attempt_that_died_is_taken_over_when_its_lease_ends(owed, step):
    claim = claim_report(report_id=owed.pk, at=LATER)
    if step != "claimed":
        snapshots = freeze_report(claim=claim, at=LATER)
        if step == "rendered":
            render_documents(snapshots)

    assert make_report(report_id=owed.pk, at=AFTER_LEASE)

    owed.refresh_from_db()
    assert (owed.state, owed.attempt, len(kept(owed))) == (ReportState.READY, 2, 6)


def test_late_finisher_is_refused_and_changes_nothing(owed):
    slow = claim_report(report_id=owed.pk, at=LATER)
    documents = render_documents(freeze_report(claim=slow, at=LATER))
    make_report(report_id=owed.pk, at=AFTER_LEASE)
    before = [document(owed, kind, form) for kind in ReportKind for form in ReportFormat]

    with pytest.raises(OutdatedAttemptError, match="attempt 1 comes too late"):
        keep_documents(claim=slow, documents=documents, at=AFTER_LEASE)

    assert [document(owed, kind, form) for kind in ReportKind for form in ReportFormat] == before


def test_late_finisher_is_refused_while_the_next_attempt_is_at_work(owed):
    slow = claim_report(report_id=owed.pk, at=LATER)
    documents = render_documents(freeze_report(claim=slow, at=LATER))
    claim_report(report_id=owed.pk, at=AFTER_LEASE)

    with pytest.raises(OutdatedAttemptError):
        keep_documents(claim=slow, documents=documents, at=AFTER_LEASE)

    assert kept(owed) == []
    assert not BoardMessage.objects.exists()


def test_late_freezer_is_refused(owed):
    slow = claim_report(report_id=owed.pk, at=LATER)
    claim_report(report_id=owed.pk, at=AFTER_LEASE)

    with pytest.raises(OutdatedAttemptError):
        freeze_report(claim=slow, at=AFTER_LEASE)

    with unsealed(owed.trial):
        assert not ReportSnapshot.objects.filter(report=owed).exists()


def test_second_attempt_renders_what_the_first_has_frozen(owed):
    frozen = freeze_report(claim=claim_report(report_id=owed.pk, at=LATER), at=LATER)

    again = freeze_report(claim=claim_report(report_id=owed.pk, at=AFTER_LEASE), at=AFTER_LEASE)

    assert again == frozen


def test_documents_name_the_hash_of_their_snapshot(owed):
    make_report(report_id=owed.pk, at=LATER)

    with unsealed(owed.trial):
        content = {row.kind: bytes(row.content) for row in ReportSnapshot.objects.filter(report=owed)}
    for kind in ReportKind:
        assert json.loads(document(owed, kind))["snapshot_sha256"] == sha256_hex(content[kind])
    assert BoardReport.objects.get(pk=owed.pk).snapshot_sha256 == sha256_hex(content[ReportKind.OPEN])


def test_kept_report_is_rendered_again_byte_for_byte(owed):
    make_report(report_id=owed.pk, at=LATER)
    owed.refresh_from_db()

    assert verify_report(report=owed, at=AFTER_LEASE) == ()


def test_report_stays_the_same_after_its_data_have_changed(trial, owed):
    make_report(report_id=owed.pk, at=LATER)
    owed.refresh_from_db()
    report_event(trial.participants.first(), serious=True)

    assert verify_report(report=owed, at=AFTER_LEASE) == ()


def test_messages_go_to_those_who_may_read_closed_reports_once(trial, owed):
    member = make_user("board_member", trial=trial)
    statistician = make_user("unblinded_statistician", trial=trial)
    make_user("data_manager", trial=trial)

    make_report(report_id=owed.pk, at=LATER)
    make_report(report_id=owed.pk, at=AFTER_LEASE)

    recipients = list(BoardMessage.objects.order_by("recipient").values_list("recipient_id", flat=True))
    assert recipients == [member.pk, statistician.pk]


def test_documents_and_snapshots_are_sealed(owed):
    make_report(report_id=owed.pk, at=LATER)

    for model in (ReportDocument, ReportSnapshot):
        with pytest.raises(SealedError):
            model.objects.count()


def test_documents_stay_unreadable_in_sql_without_a_clearance(owed):
    from django.db import connection

    make_report(report_id=owed.pk, at=LATER)

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM dsmb_reportdocument")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT count(*) FROM dsmb_reportsnapshot")
        assert cursor.fetchone() == (0,)


def test_trail_holds_the_making_and_no_document(owed):
    make_report(report_id=owed.pk, at=LATER)

    entries = Entry.objects.filter(table_name="dsmb_boardreport", row_id=owed.pk, change="UPDATE")
    assert [entry.new["state"] for entry in entries.order_by("id")] == ["owed", "frozen", "ready"]
    with unsealed(owed.trial):
        kept_entries = Entry.objects.filter(table_name="dsmb_reportdocument")
        assert kept_entries.count() == 6
        assert all("content" not in entry.new for entry in kept_entries)


def test_arm_swap_leaves_the_open_report_as_it_is(trial):
    from trials.models import Allocation

    for person in enrol_many(trial, 10):
        treat(person)
        report_event(person, serious=True, severity="SEVERE")
    (first,) = make_look(trial)
    other = {"UC-MSC": "PLACEBO"}
    with unsealed(trial):
        codes = list(Allocation.objects.order_by("arm_code").values_list("arm_code", flat=True).distinct())
        other = dict(zip(codes, reversed(codes), strict=True))
        swapped = list(Allocation.objects.filter(trial=trial))
    _swap(trial, swapped, other)
    first.refresh_from_db()

    second = _made_again(trial)

    for form in ReportFormat:
        assert document(second, ReportKind.OPEN, form) == document(first, ReportKind.OPEN, form)
    assert document(second, ReportKind.CLOSED) != document(first, ReportKind.CLOSED)
    assert second.snapshot_sha256 == first.snapshot_sha256


def _swap(trial, allocations, other):
    """Change the arms as if they had always been so: the trail must not rewind the swap."""
    from accounts.services import system_user
    from audit.services import attributed
    from tests.factories import AT

    with unsealed(trial), attributed(by=system_user(), reason="swapped for a test", at=AT):
        for allocation in allocations:
            allocation.arm_code = other[allocation.arm_code]
            allocation.save()


def _made_again(trial):
    """The same look under a report of its own: the old row is moved to another look."""
    from accounts.services import system_user
    from audit.services import attributed

    with attributed(by=system_user(), reason="moved for a test", at=LATER):
        BoardReport.objects.filter(trial=trial, look=10).update(look=11)
    (report,) = make_look(trial)
    return report
