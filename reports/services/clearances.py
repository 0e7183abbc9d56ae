"""The clearances of the closed session: of its readers, and of the check of boundaries."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime

from accounts.choices import Action, ClearanceGround
from accounts.models import Clearance, User
from accounts.services import cleared, require, system_user
from audit.choices import standing_reason
from audit.services import attributed
from trials.models import Trial

CHECKING = "Check the safety boundaries"
CHECKED = standing_reason("The safety boundaries were checked.")

READING = "Read a closed report"
"""The same purpose for a report, the boundaries and an alert, so that the log of openings does not reveal which."""


def reading(trial: Trial, by: User, at: datetime) -> AbstractContextManager[Clearance]:
    """The sealed rows of the trial until the block ends.

    Raises PermissionDenied without the right to closed reports.
    """
    require(by=by, action=Action.VIEW_CLOSED_REPORT, trial_code=trial.code)
    return cleared(ground=ClearanceGround.ROLE, by=by, trial_id=trial.pk, purpose=READING, at=at)


@contextmanager
def checking(trial_id: int, at: datetime) -> Iterator[None]:
    """The clearance of a check, the same in each of its steps, and its author."""
    system = system_user()
    opening = cleared(ground=ClearanceGround.REPORT, by=system, trial_id=trial_id, purpose=CHECKING, at=at)
    with opening, attributed(by=system, reason=CHECKED, at=at):
        yield
