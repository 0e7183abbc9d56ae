"""Making a report: claim, freeze, render, store. One worker does it in one attempt.

Each step may be killed; the next claim repeats it. Frozen data stay frozen: a second attempt renders the snapshots of
the first one.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction

from accounts.choices import Action, ClearanceGround
from accounts.queries import user_ids_with
from accounts.services import cleared, system_user
from audit.services import attributed, first_version, seal_entries
from reports.choices import FailedStep, ReportFormat, ReportKind, ReportState, ReportTrigger
from reports.documents import document_of, rendered
from reports.models import BoardMessage, BoardReport, ReportDocument, ReportSnapshot
from reports.queries.maturity import cutoff_of_look
from reports.queries.snapshots import snapshots_of
from reports.rendering.document import canonical_bytes, sha256_hex
from reports.services.claiming import REASON, Claim, claim_report, update_claimed
from reports.services.failing import StepFailedError, failing

Documents = Mapping[ReportKind, Mapping[ReportFormat, bytes]]


def make_report(*, report_id: int, at: datetime) -> bool:
    """Make a report from claim to stored documents; true when this call made it ready.

    False when it was ready, another worker has claimed it, or a step failed, which is recorded (`failing`). Raises
    OutdatedAttemptError when the lease was lost on the way.
    """
    claim = claim_report(report_id=report_id, at=at)
    if claim is None:
        return False
    try:
        with failing(claim, FailedStep.FREEZING, at):
            if not connection.in_atomic_block:
                seal_entries()  # so that the heads in the snapshots include everything before
            snapshots = freeze_report(claim=claim, at=at)
        with failing(claim, FailedStep.DOCUMENTS, at):
            documents = {kind: render_documents(snapshot) for kind, snapshot in snapshots.items()}
            keep_documents(claim=claim, documents=documents, at=at)
    except StepFailedError:
        return False
    return True


def freeze_report(*, claim: Claim, at: datetime) -> Mapping[ReportKind, bytes]:
    """Read everything in one database snapshot and store it, or use the stored result of an earlier attempt."""
    with _one_moment(), _reporting(claim.report, at):
        known = _kept_snapshots(claim.report)
        if known:
            return known
        cutoff = _cutoff(claim.report)
        contents = snapshots_of(claim.report, cutoff=cutoff)
        frozen = {kind: canonical_bytes(contents.pop(kind)) for kind in ReportKind}
        for kind, snapshot in frozen.items():
            _keep_snapshot(claim.report, kind, snapshot, at)
        opened = sha256_hex(frozen[ReportKind.OPEN])
        update_claimed(claim, at, state=ReportState.FROZEN, data_cutoff_at=cutoff, snapshot_sha256=opened)
        return frozen


def render_documents(snapshot: bytes) -> Mapping[ReportFormat, bytes]:
    """JSON, HTML and PDF of one kind, from its snapshot only."""
    return rendered(document_of(snapshot))


def keep_documents(*, claim: Claim, documents: Documents, at: datetime) -> None:
    """Store the documents, mark the report as ready, and put the messages into the outbox: all or nothing.

    Raises OutdatedAttemptError when another worker claimed the report in the meantime.
    """
    with _reporting(claim.report, at):
        update_claimed(claim, at, state=ReportState.READY, ready_at=claim.at, claimed_until=None)
        for kind, by_format in documents.items():
            for report_format, content in by_format.items():
                _keep_document(claim.report, kind, report_format, content, at)
        _put_messages(claim.report, at)


@contextmanager
def _one_moment() -> Iterator[None]:
    """A transaction that sees the database as it was at its beginning, unless one has begun already."""
    begins = not connection.in_atomic_block
    with transaction.atomic():
        if begins:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


@contextmanager
def _reporting(report: BoardReport, at: datetime) -> Iterator[None]:
    """The reporting task's clearance for the trial, and its author."""
    system = system_user()
    opening = cleared(
        ground=ClearanceGround.REPORT,
        by=system,
        trial_id=report.trial_id,
        purpose="Make a board report",
        at=at,
    )
    with opening, attributed(by=system, reason=REASON, at=at):
        yield


def _cutoff(report: BoardReport) -> datetime:
    """Stored when the report was created, for a waiting look or no look.

    Else the time of the look's enrolment.
    """
    look, moment = report.look, report.data_cutoff_at
    if look is not None and moment is None:
        moment = cutoff_of_look(trial_id=report.trial_id, look=look)
    if moment is None:
        raise ValueError(f"report {report.pk}: its look is not reached, so it has no cut-off.")
    return moment


def _kept_snapshots(report: BoardReport) -> dict[ReportKind, bytes]:
    rows = ReportSnapshot.objects.filter(report=report).values_list("kind", "content")
    return {ReportKind(kind): bytes(content) for kind, content in rows}


def _keep_snapshot(report: BoardReport, kind: ReportKind, snapshot: bytes, at: datetime) -> None:
    row = ReportSnapshot(
        trial_id=report.trial_id,
        report=report,
        kind=kind,
        content=snapshot,
        sha256=sha256_hex(snapshot),
    )
    first_version(row, at=at)
    row.save()


def _keep_document(
    report: BoardReport, kind: ReportKind, report_format: ReportFormat, content: bytes, at: datetime
) -> None:
    row = ReportDocument(
        trial_id=report.trial_id,
        report=report,
        kind=kind,
        format=report_format,
        content=content,
        sha256=sha256_hex(content),
    )
    first_version(row, at=at)
    row.save()


def _put_messages(report: BoardReport, at: datetime) -> None:
    """One message per reader of closed reports, unless a person requested it; a second attempt adds none."""
    if report.called_for_by == ReportTrigger.REQUEST:
        return
    readers = user_ids_with(Action.VIEW_CLOSED_REPORT, trial_code=report.trial.code)
    rows = [BoardMessage(report=report, recipient_id=reader, created_at=at) for reader in readers]
    BoardMessage.objects.bulk_create(rows, ignore_conflicts=True)
