"""Common parts of every write of a case: the lock, the transition by the table, the step."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import User
from accounts.services import require
from audit.services import attributed, first_version, next_version
from events.models import AdverseEvent
from pharmacovigilance.choices import CaseAct, CaseState
from pharmacovigilance.models import CaseStep, Obligation, SafetyCase
from pharmacovigilance.rules.case_states import next_case_state
from trials.models import Trial


def locked_case(case: SafetyCase) -> SafetyCase:
    """The case as it is now, locked until the transaction ends."""
    return SafetyCase.objects.select_for_update(of=("self",)).with_relations().get(pk=case.pk)


def locked_obligation(obligation: Obligation, action: Action, by: User) -> Obligation:
    """The obligation, its case or its trial locked (its own row never changes), when the person may do this there."""
    row = Obligation.objects.with_relations().get(pk=obligation.pk)
    require(by=by, action=action, trial_code=row.trial.code)
    if row.case_id is None:
        Trial.objects.select_for_update(no_key=True).get(pk=row.trial_id)
    else:
        SafetyCase.objects.select_for_update().get(pk=row.case_id)
    return Obligation.objects.with_relations().get(pk=obligation.pk)


def locked_for(case: SafetyCase, action: Action, by: User) -> SafetyCase:
    """The locked case, when the person may do this there."""
    row = locked_case(case)
    site = row.participant.site.code
    require(by=by, action=action, trial_code=row.trial.code, site_code=site)
    return row


def check_reason(reason: str) -> None:
    """Raise ValidationError for an empty reason."""
    if not reason.strip():
        raise ValidationError({"reason": _("Reason: say why; it is kept with the case.")})


def move(
    case: SafetyCase,
    act: CaseAct,
    *,
    by: User,
    at: datetime,
    reason: str,
    event: AdverseEvent | None = None,
    other_case: SafetyCase | None = None,
) -> CaseStep:
    """Change the state of the locked case by the table, save it, and store the step.

    Raises ValidationError when refused.
    """
    state = case.state if act == CaseAct.OPEN else next_case_state(case.state, act)
    if state is None:
        message = _("State: the case is “%(state)s”; “%(act)s” is not possible in this state.")
        params = {"state": CaseState(case.state).label, "act": act.label}
        raise ValidationError({"state": ValidationError(message, params=params)})
    case.state = state
    with attributed(by=by, reason=reason, at=at):
        if act != CaseAct.OPEN:
            next_version(case, at=at)
            case.full_clean(exclude=("trial", "participant"), validate_unique=False)
            case.save()
        return _keep_step(case, act, by=by, at=at, reason=reason, event=event, other_case=other_case)


def _keep_step(
    case: SafetyCase,
    act: CaseAct,
    *,
    by: User,
    at: datetime,
    reason: str,
    event: AdverseEvent | None,
    other_case: SafetyCase | None,
) -> CaseStep:
    step = CaseStep(
        trial_id=case.trial_id,
        case=case,
        act=act,
        state_after=case.state,
        done_by=by,
        done_at=at,
        reason=reason,
        event=event,
        other_case=other_case,
    )
    first_version(step, at=at)
    step.save(force_insert=True)
    return step
