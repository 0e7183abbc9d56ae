"""Publication of the notice, from the signed open texts only."""

from datetime import date, datetime

from audit.services import first_version, next_version
from dsmb.models import BoardMeeting, MeetingNotice, MeetingSignature
from dsmb.queries.notices import next_notice_number
from partial_dates import local_date


def publish_recommendation(
    meeting: BoardMeeting, signature: MeetingSignature, *, due: date | None, at: datetime
) -> MeetingNotice:
    """Put the signed recommendation and open minutes on the notice; create the notice when there is none."""
    notice = meeting.notice or _new_notice(meeting, at)
    notice.recommendation, notice.conditions = meeting.recommendation, meeting.conditions
    notice.sent_at, notice.answer_due_date = at, due
    return _with_signed_minutes(notice, signature, at)


def publish_minutes(notice: MeetingNotice, signature: MeetingSignature, *, at: datetime) -> MeetingNotice:
    """After a signed correction: put the new open minutes on the notice."""
    return _with_signed_minutes(notice, signature, at)


def _new_notice(meeting: BoardMeeting, at: datetime) -> MeetingNotice:
    zone = meeting.trial.timezone
    notice = MeetingNotice(
        trial_id=meeting.trial_id,
        number=next_notice_number(meeting.trial_id),
        held_on=local_date(meeting.opened_at or at, zone),
    )
    first_version(notice, at=at)
    return notice


def _with_signed_minutes(notice: MeetingNotice, signature: MeetingSignature, at: datetime) -> MeetingNotice:
    notice.open_minutes = signature.open_minutes.text
    notice.open_minutes_sha256 = signature.open_minutes.sha256
    notice.chair_name, notice.signed_at = signature.printed_name, signature.signed_at
    if notice.pk:
        next_version(notice, at=at)
    notice.full_clean()
    notice.save()
    return notice
