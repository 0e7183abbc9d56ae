"""A meeting from its planning to its closed session: attendance, and excuses from the vote."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import User
from accounts.queries import user_ids_with
from audit.choices import standing_reason
from audit.services import attributed, first_version, next_version
from dsmb.choices import MeetingState, MeetingStep, Presence, Session
from dsmb.models import AgendaItem, Attendance, BoardMeeting, ConflictStatement, MeetingNotice, MeetingReport
from dsmb.queries.notices import next_notice_number
from dsmb.rules.meetings import UNDER_WAY
from dsmb.services.closed_session import closed_room, keep_meeting, locked_meeting, take_step
from partial_dates import local_date
from reports.models import BoardReport
from trials.models import Trial

Agenda = Sequence[tuple[Session, str]]

OPENED = standing_reason("The meeting was opened.")
CLOSED_SESSION = standing_reason("The closed session began.")
ATTENDANCE = standing_reason("Attendance was taken.")


def plan_meeting(
    *,
    trial: Trial,
    reports: Sequence[BoardReport],
    planned_at: datetime,
    closed_session_planned_at: datetime | None,
    guests: str,
    agenda: Agenda,
    by: User,
    at: datetime,
    reason: str,
) -> BoardMeeting:
    """Plan a meeting on one or more reports.

    Raises ValidationError for another trial's report, or without a report.
    """
    _check_reports(trial, reports)
    with (
        closed_room(trial=trial, by=by, action=Action.CHAIR_MEETING, at=at),
        attributed(by=by, reason=reason, at=at),
    ):
        Trial.objects.select_for_update(no_key=True).get(pk=trial.pk)
        last = BoardMeeting.objects.filter(trial=trial).aggregate(last=Max("number"))["last"] or 0
        meeting = BoardMeeting(
            trial=trial,
            number=last + 1,
            planned_at=planned_at,
            closed_session_planned_at=closed_session_planned_at,
            guests=guests,
            purpose=reason,
        )
        first_version(meeting, at=at)
        meeting.full_clean()
        meeting.save()
        _add_reports(meeting, reports, at)
        _add_agenda(meeting, agenda, at)
        return meeting


def call_off_meeting(*, meeting: BoardMeeting, by: User, at: datetime, reason: str) -> BoardMeeting:
    """Cancel a planned meeting; it stays in the list."""
    with locked_meeting(meeting=meeting, by=by, action=Action.CHAIR_MEETING, at=at, reason=reason) as row:
        take_step(row, MeetingStep.CALL_OFF)
        return keep_meeting(row, at=at)


def open_meeting(*, meeting: BoardMeeting, by: User, at: datetime) -> BoardMeeting:
    """Begin the open session. The first meeting on a planned look is announced by its date, any other is not."""
    opening = locked_meeting(meeting=meeting, by=by, action=Action.CHAIR_MEETING, at=at, reason=OPENED)
    with opening as row:
        take_step(row, MeetingStep.OPEN)
        row.opened_at = at
        row.notice = _announce(row, at)
        return keep_meeting(row, at=at)


def begin_closed_session(*, meeting: BoardMeeting, by: User, at: datetime) -> BoardMeeting:
    """Begin the closed session: from here on only members are present."""
    opening = locked_meeting(
        meeting=meeting, by=by, action=Action.CHAIR_MEETING, at=at, reason=CLOSED_SESSION
    )
    with opening as row:
        if row.state != MeetingState.IN_SESSION or row.closed_session_at is not None:
            raise ValidationError(_("Closed session: it begins once, while the meeting is in session."))
        row.closed_session_at = at
        return keep_meeting(row, at=at)


def record_attendance(
    *, meeting: BoardMeeting, presences: Mapping[int, Presence], by: User, at: datetime
) -> None:
    """Record the presence of members, by member's id; a changed line is its next version."""
    opening = locked_meeting(meeting=meeting, by=by, action=Action.CHAIR_MEETING, at=at, reason=ATTENDANCE)
    with opening as row:
        _require_under_way(row)
        for member_id, presence in presences.items():
            _require_member(row, member_id)
            _set_presence(row, member_id, presence, at)


def excuse_member(*, meeting: BoardMeeting, member: User, by: User, at: datetime, reason: str) -> Attendance:
    """Excuse a member with a declared conflict of interest from the vote.

    A vote already cast is then not counted.
    """
    with locked_meeting(meeting=meeting, by=by, action=Action.CHAIR_MEETING, at=at, reason=reason) as row:
        _require_under_way(row)
        declared = ConflictStatement.objects.filter(meeting=row, member=member, has_conflict=True)
        if not declared.exists():
            raise ValidationError(
                {"member": _("Member: only somebody who declared a conflict of interest can be excused.")}
            )
        seat = Attendance.objects.filter(meeting=row, member=member).first()
        if seat is None:
            raise ValidationError({"member": _("Member: record the attendance first.")})
        if seat.excused_at is not None:
            raise ValidationError({"member": _("Member: is excused already.")})
        seat.excused_at, seat.excuse_reason = at, reason
        next_version(seat, at=at)
        seat.full_clean()
        seat.save()
        return seat


def _check_reports(trial: Trial, reports: Sequence[BoardReport]) -> None:
    if not reports:
        raise ValidationError({"reports": _("Reports: a meeting needs at least one report.")})
    if any(report.trial_id != trial.pk for report in reports):
        raise ValidationError({"reports": _("Reports: must be reports of this trial.")})


def _add_reports(meeting: BoardMeeting, reports: Sequence[BoardReport], at: datetime) -> None:
    for report in reports:
        row = MeetingReport(trial_id=meeting.trial_id, meeting=meeting, report=report)
        first_version(row, at=at)
        row.full_clean()
        row.save()


def _add_agenda(meeting: BoardMeeting, agenda: Agenda, at: datetime) -> None:
    for position, (session, text) in enumerate(agenda, start=1):
        item = AgendaItem(
            trial_id=meeting.trial_id, meeting=meeting, position=position, session=session, text=text
        )
        first_version(item, at=at)
        item.full_clean()
        item.save()


def _announce(meeting: BoardMeeting, at: datetime) -> MeetingNotice | None:
    """Publish once that a planned look is discussed; a notice of any further meeting could reveal data."""
    looks = MeetingReport.objects.filter(meeting=meeting, report__look__isnull=False)
    look = looks.aggregate(look=Max("report__look"))["look"]
    if look is None or MeetingNotice.objects.filter(trial_id=meeting.trial_id, look=look).exists():
        return None
    notice = MeetingNotice(
        trial_id=meeting.trial_id,
        number=next_notice_number(meeting.trial_id),
        look=look,
        held_on=local_date(at, meeting.trial.timezone),
    )
    first_version(notice, at=at)
    notice.full_clean()
    notice.save()
    return notice


def _require_under_way(meeting: BoardMeeting) -> None:
    if meeting.state not in UNDER_WAY:
        raise ValidationError(_("Meeting: attendance is taken while it is in session or voting."))


def _require_member(meeting: BoardMeeting, member_id: int) -> None:
    if member_id not in user_ids_with(Action.TAKE_PART_IN_MEETING, trial_code=meeting.trial.code):
        raise ValidationError({"member": _("Member: %(id)s is no member of this board.") % {"id": member_id}})


def _set_presence(meeting: BoardMeeting, member_id: int, presence: Presence, at: datetime) -> None:
    seat = Attendance.objects.filter(meeting=meeting, member_id=member_id).first()
    if seat is None:
        seat = Attendance(trial_id=meeting.trial_id, meeting=meeting, member_id=member_id)
        first_version(seat, at=at)
    elif seat.presence == presence:
        return
    else:
        next_version(seat, at=at)
    seat.presence = presence
    seat.full_clean()
    seat.save()
