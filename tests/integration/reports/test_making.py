"""Making a report: safe to be killed at any step, refused when outdated, the same bytes again."""

from datetime import timedelta

import pytest
from django.db import connection

from accounts.models import SealedError
from accounts.services import system_user
from audit.models import Entry
from audit.services import attributed
from product.models import Allocation
from reports.choices import ReportFormat, ReportKind, ReportState
from reports.documents import document_of
from reports.models import LEASE, BoardMessage, BoardReport, ReportDocument, ReportSnapshot
from reports.rendering.document import sha256_hex
from reports.rules.packing import PACKED_FROM
from reports.services import making, verifying
from reports.services.claiming import OutdatedAttemptError, claim_report
from reports.services.looks import create_due_reports
from reports.services.making import freeze_report, keep_documents, make_report
from reports.services.reading import open_document
from reports.services.verifying import verify_report
from tests.factories import AT, make_user, save_row, unsealed
from tests.integration.reports.board_trials import (
    LATER,
    document,
    enrol_many,
    json_alone,
    make_look,
    make_plainly,
    report_event,
    treat,
)
from tests.plugins.shared_rows import shared_rows
from trials.models import Trial

AFTER_LEASE = LATER + LEASE
EVERY_DOCUMENT = sorted((kind, form) for kind in ReportKind.values for form in ReportFormat.values)
LATE_DOCUMENTS = {kind: dict.fromkeys(ReportFormat, b"late") for kind in ReportKind}


@shared_rows
def owed(trial: Trial) -> BoardReport:
    """The report of the tenth enrolment, not made yet."""
    for person in enrol_many(trial, 10):
        treat(person)
        report_event(person, serious=True, severity="SEVERE")
    (report,) = create_due_reports(trial_id=trial.pk, at=LATER)
    return report


def kept(report: BoardReport) -> list[tuple[str, str]]:
    with unsealed(report.trial):
        return list(ReportDocument.objects.filter(report=report).values_list("kind", "format"))


def test_report_that_is_ready_is_not_made_again(owed):
    ready = make_plainly(owed)

    assert not make_report(report_id=owed.pk, at=AFTER_LEASE)

    again = BoardReport.objects.get(pk=owed.pk)
    assert (again.attempt, again.version) == (ready.attempt, ready.version)


def test_report_in_somebody_elses_hands_is_left_alone(owed):
    claim_report(report_id=owed.pk, at=LATER)

    assert not make_report(report_id=owed.pk, at=AFTER_LEASE - timedelta(seconds=1))
    assert kept(owed) == []


@pytest.mark.parametrize("step", ["claimed", "frozen"])
def test_attempt_that_died_is_taken_over_when_its_lease_ends(owed, step):
    claim = claim_report(report_id=owed.pk, at=LATER)
    if step == "frozen":
        freeze_report(claim=claim, at=LATER)

    make_plainly(owed, at=AFTER_LEASE)

    owed.refresh_from_db()
    assert (owed.state, owed.attempt, sorted(kept(owed))) == (ReportState.READY, 2, EVERY_DOCUMENT)


@pytest.mark.parametrize(
    ("ahead", "is_free"), [(timedelta(seconds=1), False), (LEASE, False), (2 * LEASE, True)]
)
def test_claim_of_a_clock_that_ran_far_ahead_holds_nobody_up(owed, ahead, is_free):
    claim_report(report_id=owed.pk, at=LATER + ahead)

    assert (claim_report(report_id=owed.pk, at=LATER) is not None) is is_free


def test_late_finisher_is_refused_and_changes_nothing(owed):
    slow = claim_report(report_id=owed.pk, at=LATER)
    freeze_report(claim=slow, at=LATER)
    make_plainly(owed, at=AFTER_LEASE)
    before = [document(owed, kind, form) for kind in ReportKind for form in ReportFormat]

    with pytest.raises(OutdatedAttemptError, match="attempt 1 comes too late"):
        keep_documents(claim=slow, documents=LATE_DOCUMENTS, at=AFTER_LEASE)

    assert [document(owed, kind, form) for kind in ReportKind for form in ReportFormat] == before


def test_late_finisher_is_refused_while_the_next_attempt_is_at_work(owed):
    slow = claim_report(report_id=owed.pk, at=LATER)
    freeze_report(claim=slow, at=LATER)
    claim_report(report_id=owed.pk, at=AFTER_LEASE)

    with pytest.raises(OutdatedAttemptError):
        keep_documents(claim=slow, documents=LATE_DOCUMENTS, at=AFTER_LEASE)

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


def test_freezing_calls_no_second_worker(owed, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=False) as callbacks:
        freeze_report(claim=claim_report(report_id=owed.pk, at=LATER), at=LATER)

    assert callbacks == []


def test_documents_are_stored_all_or_none(owed):
    claim = claim_report(report_id=owed.pk, at=LATER)
    freeze_report(claim=claim, at=LATER)
    documents = {**LATE_DOCUMENTS, ReportKind.CLOSED: {ReportFormat.PDF: None}}

    with pytest.raises(TypeError):
        keep_documents(claim=claim, documents=documents, at=LATER)

    owed.refresh_from_db()
    assert (owed.state, kept(owed)) == (ReportState.FROZEN, [])
    assert not BoardMessage.objects.exists()


def test_documents_are_stored_once(owed):
    claim = claim_report(report_id=owed.pk, at=LATER)
    freeze_report(claim=claim, at=LATER)
    keep_documents(claim=claim, documents=LATE_DOCUMENTS, at=LATER)

    with pytest.raises(OutdatedAttemptError):
        keep_documents(claim=claim, documents=LATE_DOCUMENTS, at=LATER)

    owed.refresh_from_db()
    assert (owed.state, owed.ready_at, sorted(kept(owed))) == (ReportState.READY, LATER, EVERY_DOCUMENT)


def test_nothing_is_handed_out_before_the_report_is_ready(owed):
    freeze_report(claim=claim_report(report_id=owed.pk, at=LATER), at=LATER)

    for kind in ReportKind:
        with pytest.raises(ReportDocument.DoesNotExist):
            open_document(report=owed, kind=kind, report_format=ReportFormat.PDF, by=system_user(), at=LATER)


def test_large_snapshot_is_packed_in_the_database_and_read_as_it_was(owed):
    content = b'{"a":"' + b"b" * PACKED_FROM + b'"}'
    with unsealed(owed.trial):
        row = save_row(
            ReportSnapshot(
                trial=owed.trial, report=owed, kind="open", content=content, sha256=sha256_hex(content)
            )
        )
        with connection.cursor() as cursor:
            cursor.execute("SELECT length(content) FROM reports_reportsnapshot WHERE id = %s", [row.pk])
            (length,) = cursor.fetchone()

        assert ReportSnapshot.objects.get(pk=row.pk).content == content
    assert length < PACKED_FROM / 100


def test_documents_name_the_hash_of_their_snapshot(owed):
    ready = make_plainly(owed)

    with unsealed(owed.trial):
        content = {row.kind: bytes(row.content) for row in ReportSnapshot.objects.filter(report=owed)}
    for kind in ReportKind:
        assert document_of(content[kind])["snapshot_sha256"] == sha256_hex(content[kind])
    assert ready.snapshot_sha256 == sha256_hex(content[ReportKind.OPEN])


def test_report_is_complete_and_the_same_when_rendered_again_after_its_data_have_changed(trial, owed):
    assert make_report(report_id=owed.pk, at=LATER)
    owed.refresh_from_db()
    report_event(trial.participants.first(), serious=True)

    assert owed.state == ReportState.READY
    assert sorted(kept(owed)) == EVERY_DOCUMENT
    assert verify_report(report=owed, at=AFTER_LEASE) == ()


def test_document_that_is_not_what_its_snapshot_gives_is_named(owed, monkeypatch):
    ready = make_plainly(owed)
    monkeypatch.setattr(verifying, "rendered", json_alone)

    differences = verify_report(report=ready, at=AFTER_LEASE)

    assert len(differences) == len(EVERY_DOCUMENT)
    assert differences[0].what == "the JSON document is not what its snapshot gives."


def test_messages_go_to_those_who_may_read_closed_reports_once(trial, owed):
    member = make_user("board_member", trial=trial)
    statistician = make_user("unblinded_statistician", trial=trial)
    make_user("data_manager", trial=trial)

    make_plainly(owed)

    assert not make_report(report_id=owed.pk, at=AFTER_LEASE)
    recipients = list(BoardMessage.objects.order_by("recipient").values_list("recipient_id", flat=True))
    assert recipients == [member.pk, statistician.pk]


def test_documents_and_snapshots_are_sealed(owed):
    make_plainly(owed)

    for model in (ReportDocument, ReportSnapshot):
        with pytest.raises(SealedError):
            model.objects.count()


def test_documents_stay_unreadable_in_sql_without_a_clearance(owed):
    make_plainly(owed)

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM reports_reportdocument")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT count(*) FROM reports_reportsnapshot")
        assert cursor.fetchone() == (0,)


def test_trail_holds_the_making_and_no_document(owed):
    make_plainly(owed)

    entries = Entry.objects.filter(table_name="reports_boardreport", row_id=owed.pk, change="UPDATE")
    assert [entry.new["state"] for entry in entries.order_by("id")] == ["owed", "frozen", "ready"]
    with unsealed(owed.trial):
        kept_entries = Entry.objects.filter(table_name="reports_reportdocument")
        assert kept_entries.count() == 6
        assert all("content" not in entry.new for entry in kept_entries)


def test_arm_swap_leaves_the_open_report_as_it_is(trial, owed, monkeypatch):
    """Its JSON document, the same each time (tests/unit/reports/test_rendering_documents.py).

    The others are drawn from that alone (tests/house/test_ladder.py).
    """
    monkeypatch.setattr(making, "rendered", json_alone)
    make_report(report_id=owed.pk, at=LATER)
    with unsealed(trial):
        codes = list(Allocation.objects.order_by("arm_code").values_list("arm_code", flat=True).distinct())
        other = dict(zip(codes, reversed(codes), strict=True))
        swapped = list(Allocation.objects.filter(trial=trial))
    _swap(trial, swapped, other)
    first = BoardReport.objects.get(pk=owed.pk)

    second = _made_again(trial)

    assert document(second, ReportKind.OPEN) == document(first, ReportKind.OPEN)
    assert document(second, ReportKind.CLOSED) != document(first, ReportKind.CLOSED)
    assert second.snapshot_sha256 == first.snapshot_sha256


def _swap(trial, allocations, other):
    """Change the arms as if they had always been so: the trail must not undo the swap."""
    with unsealed(trial), attributed(by=system_user(), reason="swapped for a test", at=AT):
        for allocation in allocations:
            allocation.arm_code = other[allocation.arm_code]
            allocation.save()


def _made_again(trial):
    """The same look under a report of its own: the old row is moved to another look."""
    with attributed(by=system_user(), reason="moved for a test", at=LATER):
        BoardReport.objects.filter(trial=trial, look=10).update(look=11)
    (report,) = make_look(trial)
    return report
