"""Making a report: claim, freeze, render, keep. Each step may be killed and is then done again by whoever
claims next.

The row is the job. A claim is one conditional update that raises the attempt's number and sets a lease;
whoever comes late with an older number is refused. What is frozen stays frozen: a second attempt renders the
first one's snapshot.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F

from accounts.choices import Action, ClearanceGround
from accounts.queries import user_ids_with
from accounts.services import cleared, system_user
from audit.services import attributed, first_version
from dsmb.choices import ReportFormat, ReportKind, ReportState, ReportTrigger
from dsmb.documents import document_of, rendered
from dsmb.models import LEASE, BoardMessage, BoardReport, ReportDocument, ReportSnapshot
from dsmb.queries.maturity import cutoff_of_look
from dsmb.queries.snapshots import snapshots_of
from dsmb.rendering.document import canonical_bytes, sha256_hex

REASON = "The board's report is being made."

Documents = Mapping[ReportKind, Mapping[ReportFormat, bytes]]


class OutdatedAttemptError(Exception):
    """Somebody else has claimed the report since; what this attempt made is thrown away."""


@dataclass(frozen=True)
class Claim:
    """The right to make one report, under the number of this attempt."""

    report: BoardReport
    attempt: int


def make_report(*, report_id: int, at: datetime) -> bool:
    """Make a report from claim to kept documents; false when it is ready or in somebody else's hands.

    Raises OutdatedAttemptError when the lease was lost on the way.
    """
    claim = claim_report(report_id=report_id, at=at)
    if claim is None:
        return False
    snapshots = freeze_report(claim=claim, at=at)
    keep_documents(claim=claim, documents=render_documents(snapshots), at=at)
    return True


def claim_report(*, report_id: int, at: datetime) -> Claim | None:
    """Take the report, unless it is ready or leased to somebody else."""
    with attributed(by=system_user(), reason=REASON, at=at):
        taken = BoardReport.objects.free(at=at).filter(pk=report_id)
        if not taken.update(attempt=F("attempt") + 1, claimed_until=at + LEASE, **_next_version(at)):
            return None
        report = BoardReport.objects.select_related("trial").get(pk=report_id)
    return Claim(report, report.attempt)


def freeze_report(*, claim: Claim, at: datetime) -> Mapping[ReportKind, bytes]:
    """Read everything in one moment of the database and keep it, or take what an earlier attempt has kept."""
    with _one_moment(), _reporting(claim.report, at):
        known = _kept_snapshots(claim.report)
        if known:
            return known
        cutoff = _cutoff(claim.report)
        contents = snapshots_of(claim.report, cutoff=cutoff)
        frozen = {kind: canonical_bytes(content) for kind, content in contents.items()}
        for kind, content in frozen.items():
            _keep_snapshot(claim.report, kind, content, at)
        opened = sha256_hex(frozen[ReportKind.OPEN])
        _advance(claim, at, state=ReportState.FROZEN, data_cutoff_at=cutoff, snapshot_sha256=opened)
        return frozen


def render_documents(snapshots: Mapping[ReportKind, bytes]) -> Documents:
    """Open and closed, each as JSON, HTML and PDF, from the snapshots alone."""
    return {kind: rendered(document_of(content)) for kind, content in snapshots.items()}


def keep_documents(*, claim: Claim, documents: Documents, at: datetime) -> None:
    """Keep all documents, say that the report is ready, and put the messages into the outbox: all or nothing.

    Raises OutdatedAttemptError when the report was claimed by somebody else meanwhile.
    """
    with _reporting(claim.report, at):
        _advance(claim, at, state=ReportState.READY, ready_at=at, claimed_until=None)
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
    """The reporting task's clearance for the trial, and who writes."""
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
    """Written down when the report was owed, where it waited or is no look; else the moment of the look's enrolment."""
    look, moment = report.look, report.data_cutoff_at
    if look is not None and moment is None:
        moment = cutoff_of_look(trial_id=report.trial_id, look=look)
    if moment is None:
        raise ValueError(f"report {report.pk}: its look is not reached, so it has no cut-off.")
    return moment


def _kept_snapshots(report: BoardReport) -> dict[ReportKind, bytes]:
    rows = ReportSnapshot.objects.filter(report=report).values_list("kind", "content")
    return {ReportKind(kind): bytes(content) for kind, content in rows}


def _keep_snapshot(report: BoardReport, kind: ReportKind, content: bytes, at: datetime) -> None:
    row = ReportSnapshot(
        trial_id=report.trial_id, report=report, kind=kind, content=content, sha256=sha256_hex(content)
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


def _advance(claim: Claim, at: datetime, **fields: object) -> None:
    """Write to the report's row under this attempt's number only."""
    mine = BoardReport.objects.filter(pk=claim.report.pk, attempt=claim.attempt).exclude(
        state=ReportState.READY
    )
    if not mine.update(**fields, **_next_version(at)):
        raise OutdatedAttemptError(f"report {claim.report.pk}: attempt {claim.attempt} comes too late.")


def _next_version(at: datetime) -> dict[str, object]:
    return {"changed_at": at, "version": F("version") + 1}


def _put_messages(report: BoardReport, at: datetime) -> None:
    """One message per reader of closed reports, unless somebody asked for it; a second attempt adds none."""
    if report.called_for_by == ReportTrigger.REQUEST:
        return
    readers = user_ids_with(Action.VIEW_CLOSED_REPORT, trial_code=report.trial.code)
    rows = [BoardMessage(report=report, recipient_id=reader, created_at=at) for reader in readers]
    BoardMessage.objects.bulk_create(rows, ignore_conflicts=True)
