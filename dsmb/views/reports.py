"""The board's portal: its looks, its reports on screen and as download, and their readers."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.choices import Action
from accounts.models import User
from accounts.queries import trial_codes_for, user_may
from dsmb.queries.meetings import MeetingLine, meetings_of
from dsmb.queries.notices import NoticeEntry, notice_entry, visible_notices
from dsmb.queries.portal import boards_for, newer_version_of, readers_of, unread_by
from dsmb.services.closed_session import closed_room
from partial_dates import local_date
from reports.choices import ReportFormat, ReportKind
from reports.downloads import copy_response
from reports.models import BoardReport
from trials.models import Trial


@require_GET
@login_required
@never_cache
def index(request: HttpRequest) -> HttpResponse:
    """The looks of every trial whose reports the reader may open."""
    user = cast(User, request.user)
    codes = trial_codes_for(user, Action.VIEW_OPEN_REPORT)
    if not codes:
        raise Http404(_("Board reports are not open to your role."))
    at = timezone.now()
    boards = boards_for(user=user, trial_codes=codes, at=at)
    context = {
        "boards": [(board, meetings_for(board.trial, user=user, at=at)) for board in boards],
        "title": _("Board reports"),
        "closed_codes": trial_codes_for(user, Action.VIEW_CLOSED_REPORT),
        "alert_codes": trial_codes_for(user, Action.VIEW_ALERTS),
    }
    return render(request, "dsmb/board_index.html", context)


@require_GET
@login_required
@never_cache
def report(request: HttpRequest, report_id: int) -> HttpResponse:
    """One report: its documents and, for those who may open the closed one, its readers."""
    user = cast(User, request.user)
    row = _report(user, report_id)
    may_open_closed = user_may(user, Action.VIEW_CLOSED_REPORT, trial_code=row.trial.code)
    context = {
        "report": row,
        "kinds": [ReportKind.CLOSED, ReportKind.OPEN] if may_open_closed else [ReportKind.OPEN],
        "formats": list(ReportFormat),
        "may_open_closed": may_open_closed,
        "newer": newer_version_of(row),
        "may_correct": user_may(user, Action.CORRECT_REPORT, trial_code=row.trial.code),
        "may_retry": user_may(user, Action.RETRY_REPORT, trial_code=row.trial.code),
        "may_comment": user_may(user, Action.TAKE_PART_IN_MEETING, trial_code=row.trial.code),
        "readers": readers_of(row) if may_open_closed else (),
        "unread_by": unread_by(row) if may_open_closed else (),
    }
    return render(request, "dsmb/board_report.html", context)


@require_GET
@login_required
@never_cache
def document(request: HttpRequest, report_id: int, kind: str, report_format: str) -> HttpResponse:
    """A reader's copy of the archived document: HTML to read here, JSON and PDF to download.

    Each opening is recorded.
    """
    if kind not in ReportKind.values or report_format not in ReportFormat.values:
        raise Http404
    user = cast(User, request.user)
    row = _report(user, report_id)
    try:
        return copy_response(row, ReportKind(kind), ReportFormat(report_format), user=user, at=timezone.now())
    except PermissionDenied as error:
        raise Http404 from error


@dataclass(frozen=True)
class TrialMeetings:
    """The meetings of one trial that the reader may see."""

    notices: tuple[NoticeEntry, ...]
    meetings: tuple[MeetingLine, ...]
    is_member: bool
    may_plan: bool


def meetings_for(trial: Trial, *, user: User, at: datetime) -> TrialMeetings:
    """For members the meetings, for others the published notices."""
    is_member = user_may(user, Action.TAKE_PART_IN_MEETING, trial_code=trial.code)
    today = local_date(at, trial.timezone)
    notices = (
        () if is_member else tuple(notice_entry(row, today=today) for row in visible_notices([trial.code]))
    )
    meetings: tuple[MeetingLine, ...] = ()
    if is_member:
        with closed_room(trial=trial, by=user, action=Action.TAKE_PART_IN_MEETING, at=at):
            meetings = meetings_of(trial)
    may_plan = user_may(user, Action.CHAIR_MEETING, trial_code=trial.code)
    return TrialMeetings(notices, meetings, is_member, may_plan)


def _report(user: User, report_id: int) -> BoardReport:
    """A report of a trial whose reports the reader may open; any other gives "not found"."""
    codes = trial_codes_for(user, Action.VIEW_OPEN_REPORT)
    rows = BoardReport.objects.select_related("trial").filter(trial__code__in=codes)
    return get_object_or_404(rows, pk=report_id)
