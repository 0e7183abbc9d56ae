"""Statements of members on conflicts of interest."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import User
from audit.choices import standing_reason
from audit.services import first_version, next_version
from dsmb.models import BoardMeeting, ConflictStatement
from dsmb.rules.meetings import BEFORE_THE_VOTE_ENDS
from dsmb.services.closed_session import locked_meeting

STATED = standing_reason("A member made the statement on conflicts of interest.")


def state_conflict(
    *, meeting: BoardMeeting, has_conflict: bool, text: str, by: User, at: datetime
) -> ConflictStatement:
    """State a conflict of interest, or none; a repeated statement is the next version."""
    opening = locked_meeting(
        meeting=meeting,
        by=by,
        action=Action.TAKE_PART_IN_MEETING,
        at=at,
        reason=STATED,
    )
    with opening as row:
        if row.state not in BEFORE_THE_VOTE_ENDS:
            raise ValidationError(
                _("Conflict of interest: it is stated before the recommendation is recorded.")
            )
        statement = ConflictStatement.objects.filter(meeting=row, member=by).first()
        if statement is None:
            statement = ConflictStatement(trial_id=row.trial_id, meeting=row, member=by)
            first_version(statement, at=at)
        else:
            next_version(statement, at=at)
        statement.has_conflict, statement.text, statement.stated_at = has_conflict, text.strip(), at
        statement.full_clean()
        statement.save()
        return statement
