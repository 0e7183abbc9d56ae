"""The sponsor's answer to a recommendation."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.choices import Action, ClearanceGround
from accounts.models import User
from accounts.services import cleared, require, system_user
from audit.choices import standing_reason
from audit.services import attributed, first_version
from dsmb.choices import MeetingStep
from dsmb.models import BoardMeeting, MeetingNotice, SponsorAnswer
from dsmb.services.closed_session import keep_meeting, take_step

ANSWERED = standing_reason("The sponsor answered the board's recommendation.")


def answer_recommendation(
    *, notice: MeetingNotice, answer: str, text: str, by: User, at: datetime
) -> SponsorAnswer:
    """Record the answer; a further one does not replace the row, and the last one is in force.

    Raises PermissionDenied, or ValidationError before the letter is sent.
    """
    require(by=by, action=Action.ANSWER_RECOMMENDATION, trial_code=notice.trial.code)
    with attributed(by=by, reason=ANSWERED, at=at):
        row = MeetingNotice.objects.select_for_update(no_key=True).get(pk=notice.pk)
        if row.sent_at is None:
            raise ValidationError(_("Answer: the board has not sent its recommendation yet."))
        given = SponsorAnswer(
            trial_id=row.trial_id,
            notice=row,
            number=1 + SponsorAnswer.objects.filter(notice=row).count(),
            answer=answer,
            text=text.strip(),
            answered_by=by,
            answered_at=at,
        )
        first_version(given, at=at)
        given.full_clean()
        given.save()
        _update_meeting(row, at)
        return given


def _update_meeting(notice: MeetingNotice, at: datetime) -> None:
    """Update the meeting's state in the system's name.

    The person who answers is blinded and has no access to the meeting.
    """
    system = system_user()
    opening = cleared(
        ground=ClearanceGround.REPORT,
        by=system,
        trial_id=notice.trial_id,
        purpose="Hand the sponsor's answer to the board",
        at=at,
    )
    with opening, attributed(by=system, reason=ANSWERED, at=at):
        meeting = BoardMeeting.objects.select_for_update(no_key=True).get(notice=notice)
        take_step(meeting, MeetingStep.ANSWER)
        keep_meeting(meeting, at=at)
