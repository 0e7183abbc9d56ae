"""Opening documents: by the permission table, and never without a record of the reader and the document."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from accounts.choices import Action, ClearanceGround
from accounts.models import User
from accounts.queries import trial_codes_for
from accounts.services import cleared, require, system_user
from audit.choices import standing_reason
from audit.services import attributed, first_version
from reports.choices import ReportFormat, ReportKind, ReportState
from reports.models import BoardMessage, BoardReport, ReportDocument, ReportView
from reports.rules.copy_mark import CopyMark

OPENED = standing_reason("A board report was opened.")
ACTIONS = {ReportKind.OPEN: Action.VIEW_OPEN_REPORT, ReportKind.CLOSED: Action.VIEW_CLOSED_REPORT}
PURPOSES = {ReportKind.OPEN: "Hand out an open report", ReportKind.CLOSED: "Read a closed report"}

COPY_ID_BYTES = 5


@dataclass(frozen=True)
class Archived:
    """An archived document, and its SHA-256."""

    content: bytes
    sha256: str


@dataclass(frozen=True)
class Copy:
    """The archived bytes and the mark of the copy for this reader."""

    archived: bytes
    mark: CopyMark


def open_document(
    *, report: BoardReport, kind: ReportKind, report_format: ReportFormat, by: User, at: datetime
) -> bytes:
    """The archived bytes of one document; the opening is recorded in the same transaction.

    Raises PermissionDenied, and ReportDocument.DoesNotExist while the report is not ready.
    """
    return _handed_out(report, kind, report_format, by, at, copy_id="").content


def take_copy(
    *, report: BoardReport, kind: ReportKind, report_format: ReportFormat, by: User, at: datetime
) -> Copy:
    """A reader's copy: the archived bytes with a mark on every page, logged under the mark's id.

    Raises as `open_document` does.
    """
    copy_id = secrets.token_hex(COPY_ID_BYTES).upper()
    archived = _handed_out(report, kind, report_format, by, at, copy_id=copy_id)
    reader = by.get_full_name() or by.get_username()
    return Copy(archived.content, CopyMark(reader, at, copy_id, archived.sha256))


def _handed_out(
    report: BoardReport,
    kind: ReportKind,
    report_format: ReportFormat,
    by: User,
    at: datetime,
    *,
    copy_id: str,
) -> Archived:
    _require(report, kind, by)
    # A reader of open reports only never gets a clearance: the system reads the document.
    is_closed = kind == ReportKind.CLOSED
    opening = cleared(
        ground=ClearanceGround.ROLE if is_closed else ClearanceGround.REPORT,
        by=by if is_closed else system_user(),
        trial_id=report.trial_id,
        purpose=PURPOSES[kind],
        at=at,
    )
    with opening, attributed(by=by, reason=OPENED, at=at):
        document = ReportDocument.objects.get(
            report=report, report__state=ReportState.READY, kind=kind, format=report_format
        )
        _note_view(report, kind, report_format, by, at, copy_id)
        BoardMessage.objects.filter(report=report, recipient=by, read_at=None).update(read_at=at)
        return Archived(bytes(document.content), document.sha256)


def _require(report: BoardReport, kind: ReportKind, by: User) -> None:
    """Open reports need the permission anywhere in the trial, closed ones a role of the whole trial."""
    code = report.trial.code
    reaches_open = kind == ReportKind.OPEN and code in trial_codes_for(by, ACTIONS[kind])
    if not reaches_open:
        require(by=by, action=ACTIONS[kind], trial_code=code)


def _note_view(
    report: BoardReport, kind: ReportKind, report_format: ReportFormat, by: User, at: datetime, copy_id: str
) -> None:
    view = ReportView(
        trial_id=report.trial_id,
        report=report,
        reader=by,
        kind=kind,
        format=report_format,
        opened_at=at,
        copy_id=copy_id,
    )
    first_version(view, at=at)
    view.save()
