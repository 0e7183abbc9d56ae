"""The board's answer to an alert. It has no automatic effect: an alert is a prompt, never a halt."""

from datetime import datetime

from accounts.choices import Action
from accounts.models import User
from accounts.services import require
from audit.choices import standing_reason
from audit.services import attributed, first_version
from reports.models import AlertAnswer, BoundaryState
from reports.services.clearances import reading
from trials.models import Trial

ANSWERED = standing_reason("The board answered an alert.")


def answer_alert(
    *, alert_id: int, trial: Trial, choice: str, text: str, by: User, at: datetime
) -> AlertAnswer:
    """Record the board's answer, given by the chair. Earlier answers stay.

    Raises PermissionDenied, BoundaryState.DoesNotExist (also for a state without an alert), and ValidationError for an
    unknown choice or an empty text.
    """
    require(by=by, action=Action.CHAIR_MEETING, trial_code=trial.code)
    with reading(trial, by, at), attributed(by=by, reason=ANSWERED, at=at):
        alert = BoundaryState.objects.get(pk=alert_id, trial=trial, is_alert=True)
        answer = AlertAnswer(
            trial=trial, alert=alert, choice=choice, text=text.strip(), answered_by=by, answered_at=at
        )
        first_version(answer, at=at)
        answer.full_clean(exclude=("trial", "alert", "answered_by"))
        answer.save()
    return answer
