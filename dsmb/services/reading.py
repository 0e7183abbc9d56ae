"""Handing out documents: to whom the permission table allows it, and never without a note of who opened what."""

from datetime import datetime

from accounts.choices import Action, ClearanceGround
from accounts.models import User
from accounts.queries import trial_codes_for
from accounts.services import cleared, require, system_user
from audit.services import attributed, first_version
from dsmb.choices import ReportFormat, ReportKind
from dsmb.models import BoardMessage, BoardReport, ReportDocument, ReportView

ACTIONS = {ReportKind.OPEN: Action.VIEW_OPEN_REPORT, ReportKind.CLOSED: Action.VIEW_CLOSED_REPORT}
PURPOSES = {ReportKind.OPEN: "Hand out an open report", ReportKind.CLOSED: "Read a closed report"}


def open_document(
    *, report: BoardReport, kind: ReportKind, report_format: ReportFormat, by: User, at: datetime
) -> bytes:
    """The archived bytes of one document; that it was opened is recorded in the same transaction.

    Raises PermissionDenied, and ReportDocument.DoesNotExist while the report is not ready.
    """
    _require(report, kind, by)
    # Somebody who may read open reports only is never given a clearance: the system hands the document out.
    is_closed = kind == ReportKind.CLOSED
    opening = cleared(
        ground=ClearanceGround.ROLE if is_closed else ClearanceGround.REPORT,
        by=by if is_closed else system_user(),
        trial_id=report.trial_id,
        purpose=PURPOSES[kind],
        at=at,
    )
    with opening, attributed(by=by, reason="A board report was opened.", at=at):
        document = ReportDocument.objects.get(report=report, kind=kind, format=report_format)
        _note_view(report, kind, report_format, by, at)
        BoardMessage.objects.filter(report=report, recipient=by, read_at=None).update(read_at=at)
        return bytes(document.content)


def _require(report: BoardReport, kind: ReportKind, by: User) -> None:
    """Open reports are for whoever may read them anywhere in the trial, closed ones for roles of the whole trial."""
    code = report.trial.code
    reaches_open = kind == ReportKind.OPEN and code in trial_codes_for(by, ACTIONS[kind])
    if not reaches_open:
        require(by=by, action=ACTIONS[kind], trial_code=code)


def _note_view(
    report: BoardReport, kind: ReportKind, report_format: ReportFormat, by: User, at: datetime
) -> None:
    view = ReportView(
        trial_id=report.trial_id, report=report, reader=by, kind=kind, format=report_format, opened_at=at
    )
    first_version(view, at=at)
    view.save()
