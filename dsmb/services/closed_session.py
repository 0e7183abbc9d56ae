"""Access to the closed session: permission, clearance, and the lock of the meeting during a write."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.choices import Action, ClearanceGround
from accounts.models import User
from accounts.services import cleared, require
from audit.services import attributed, next_version
from dsmb.choices import MeetingState, MeetingStep
from dsmb.models import BoardMeeting
from dsmb.rules.meetings import next_state
from trials.models import Trial

PURPOSE = "Enter the board's closed room"
"""The purpose of every other act, because the log of clearances may be read by people who are blinded now."""


@contextmanager
def closed_room(*, trial: Trial, by: User, action: Action, at: datetime) -> Iterator[None]:
    """Open the trial's sealed rows to a person with the permission. Raises PermissionDenied."""
    require(by=by, action=action, trial_code=trial.code)
    with cleared(ground=ClearanceGround.ROLE, by=by, trial_id=trial.pk, purpose=PURPOSE, at=at):
        yield


@contextmanager
def locked_meeting(
    *, meeting: BoardMeeting, by: User, action: Action, at: datetime, reason: str
) -> Iterator[BoardMeeting]:
    """The meeting as it is in the database, locked until the block ends, for one attributed write."""
    with (
        closed_room(trial=meeting.trial, by=by, action=action, at=at),
        attributed(by=by, reason=reason, at=at),
    ):
        yield BoardMeeting.objects.select_for_update(no_key=True, of=("self",)).get(pk=meeting.pk)


def take_step(meeting: BoardMeeting, step: MeetingStep) -> None:
    """Change the meeting's state, unsaved. Raises ValidationError with state and step."""
    state = next_state(meeting.state, step)
    if state is None:
        message = _("Meeting: its state is “%(state)s”, and “%(step)s” is not possible from there.")
        words = {"state": MeetingState(meeting.state).label, "step": step.label}
        raise ValidationError(message % words)
    meeting.state = state


def keep_meeting(meeting: BoardMeeting, *, at: datetime) -> BoardMeeting:
    """Save the meeting as its next version."""
    next_version(meeting, at=at)
    meeting.full_clean()
    meeting.save()
    return meeting
