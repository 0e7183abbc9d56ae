"""Making a report: claim, freeze, then render and keep each kind. Each step may be killed and is then done again by
whoever claims next.

What is frozen stays frozen: a second attempt renders the first one's snapshot. Closed and open report are two parts of
one attempt. Whoever froze the report makes both, the closed one first; whoever is told that it is frozen and has a hand
free begins at the other end, and leaves alone what somebody has in hand. So no part waits for a message, and what two
make at once is kept once.
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
from reports.frames.writing import written_together
from reports.models import BoardMessage, BoardReport, ReportDocument, ReportSnapshot
from reports.queries.maturity import cutoff_of_look
from reports.queries.snapshots import snapshots_of
from reports.rendering.document import sha256_hex
from reports.rules.packing import Packed, Unpacking, pack_together
from reports.services.claiming import REASON, Claim, advance, claim_of_attempt, claim_report, hold, take_part
from reports.services.failing import StepFailedError, failing
from reports.signals import report_frozen

PARTS = (ReportKind.CLOSED, ReportKind.OPEN)
"""In the order of whoever froze the report: the closed one takes longer. A helper begins with the last."""

Documents = Mapping[ReportKind, Mapping[ReportFormat, bytes]]


def make_report(*, report_id: int, at: datetime) -> bool:
    """Make a report from claim to kept documents; true when it is ready by this.

    False when it was ready, is in somebody else's hands, a helper is still at its last part, or a step failed: that is
    written down (`failing`). Raises OutdatedAttemptError when the lease was lost on the way.
    """
    claim = claim_report(report_id=report_id, at=at)
    if claim is None:
        return False
    try:
        with failing(claim, FailedStep.FREEZING, at):
            if not connection.in_atomic_block:
                seal_entries()  # so that the heads in the snapshots are of everything before it
            snapshots = freeze_report(claim=claim, at=at)
        return _make_parts(claim, snapshots, at)
    except StepFailedError:
        return False


def help_with_report(*, report_id: int, attempt: int, at: datetime) -> bool:
    """Make what nobody makes yet of a report that an attempt has frozen; true when it is ready by this.

    Raises OutdatedAttemptError when the attempt was overtaken on the way.
    """
    claim = claim_of_attempt(report_id=report_id, attempt=attempt)
    try:
        return claim is not None and _make_parts(claim, _waiting_parts(claim, at), at)
    except StepFailedError:
        return False


def _make_parts(claim: Claim, snapshots: Mapping[ReportKind, bytes], at: datetime) -> bool:
    with failing(claim, FailedStep.DOCUMENTS, at):
        return any(_make_part(claim, kind, snapshot, at) for kind, snapshot in snapshots.items())


def _make_part(claim: Claim, kind: ReportKind, snapshot: bytes, at: datetime) -> bool:
    """Render one kind and keep it, unless this attempt has somebody at it; true when the report is ready by this."""
    with transaction.atomic():
        if not take_part(claim, kind):
            return False
        return keep_documents(claim=claim, documents={kind: render_documents(snapshot)}, at=at)


def freeze_report(*, claim: Claim, at: datetime) -> Mapping[ReportKind, bytes]:
    """Read everything in one moment of the database and keep it, or take what an earlier attempt has kept; sends
    `report_frozen`.
    """
    with _one_moment(), _reporting(claim.report, at):
        report_frozen.send(sender=BoardReport, report_id=claim.report.pk, attempt=claim.attempt)
        known = _kept_snapshots(claim.report)
        if known:
            return known
        cutoff = _cutoff(claim.report)
        frozen = _frozen(claim.report, cutoff)
        for kind, snapshot in frozen.items():
            _keep_snapshot(claim.report, kind, snapshot, at)
        opened = frozen[ReportKind.OPEN].sha256
        advance(claim, at, state=ReportState.FROZEN, data_cutoff_at=cutoff, snapshot_sha256=opened)
        return Unpacking(frozen)


def _frozen(report: BoardReport, cutoff: datetime) -> dict[ReportKind, Packed]:
    """Both snapshots, made in step: what they share is written once."""
    contents = snapshots_of(report, cutoff=cutoff)
    packed = pack_together(written_together([contents[kind] for kind in PARTS]))
    return dict(zip(PARTS, packed, strict=True))


def render_documents(snapshot: bytes) -> Mapping[ReportFormat, bytes]:
    """JSON, HTML and PDF of one kind, from its snapshot alone."""
    return rendered(document_of(snapshot))


def keep_documents(*, claim: Claim, documents: Documents, at: datetime) -> bool:
    """Keep the documents of one kind or of both; with the last kind say that the report is ready, and put the messages
    into the outbox: all or nothing. True when the report is ready by this.

    A kind that was kept before stays as it is. Raises OutdatedAttemptError when the report was claimed by somebody else
    meanwhile.
    """
    with _reporting(claim.report, at):
        hold(claim)
        kept = _kept_kinds(claim.report)
        for kind, by_format in documents.items():
            for report_format, content in by_format.items() if kind not in kept else ():
                _keep_document(claim.report, kind, report_format, content, at)
        if kept | documents.keys() != set(ReportKind):
            return False
        advance(claim, at, state=ReportState.READY, ready_at=claim.at, claimed_until=None)
        _put_messages(claim.report, at)
        return True


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
    known = {ReportKind(kind): bytes(content) for kind, content in rows}
    return {kind: known[kind] for kind in PARTS if kind in known}


def _kept_kinds(report: BoardReport) -> set[ReportKind]:
    kinds = ReportDocument.objects.filter(report=report).values_list("kind", flat=True)
    return {ReportKind(kind) for kind in kinds}


def _waiting_parts(claim: Claim, at: datetime) -> dict[ReportKind, bytes]:
    """The snapshots of the kinds that have no documents yet, in a helper's order."""
    with _reporting(claim.report, at):
        snapshots, kept = _kept_snapshots(claim.report), _kept_kinds(claim.report)
    return {kind: snapshots[kind] for kind in reversed(PARTS) if kind not in kept}


def _keep_snapshot(report: BoardReport, kind: ReportKind, snapshot: Packed, at: datetime) -> None:
    row = ReportSnapshot(
        trial_id=report.trial_id, report=report, kind=kind, content=snapshot.kept, sha256=snapshot.sha256
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
    """One message per reader of closed reports, unless somebody asked for it; a second attempt adds none."""
    if report.called_for_by == ReportTrigger.REQUEST:
        return
    readers = user_ids_with(Action.VIEW_CLOSED_REPORT, trial_code=report.trial.code)
    rows = [BoardMessage(report=report, recipient_id=reader, created_at=at) for reader in readers]
    BoardMessage.objects.bulk_create(rows, ignore_conflicts=True)
