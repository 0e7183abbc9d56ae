"""The release of a signed version: sent without the arm, or given to the unblinded desk. And the answers."""

from collections.abc import Collection
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Action, Role
from accounts.models import User
from accounts.queries import user_ids_of_roles
from accounts.services import queue_mails
from audit.choices import standing_reason
from pharmacovigilance.choices import CaseAct, CaseState, ObligationState, StepKind
from pharmacovigilance.models import Obligation, ObligationStep, SafetyCase
from pharmacovigilance.rules.obligation_states import OPEN_STATES
from pharmacovigilance.services.mail_texts import AT_THE_DESK
from pharmacovigilance.services.owing import add_step
from pharmacovigilance.services.steps import locked_for, locked_obligation, move

RELEASED = standing_reason("The signed version was released.")
LATE = (ObligationState.HANDED_LATE, ObligationState.MET_LATE)
CAME_BACK = (StepKind.OPENED, StepKind.ACKNOWLEDGED, StepKind.REJECTED)


@transaction.atomic
def release_case(
    *,
    case: SafetyCase,
    obligations: Collection[Obligation],
    reference: str,
    late_reason: str,
    by: User,
    at: datetime,
) -> list[ObligationStep]:
    """Release the last signed version to the destinations of these obligations.

    A report without the arm was sent, under `reference`; the others are given to the unblinded desk. Raises
    ValidationError: not signed, not due, late without a reason. The release is per destination: the other obligations
    stay open.
    """
    row = locked_for(case, Action.SIGN_CASE, by)
    if not obligations:
        raise ValidationError({"obligations": _("Destinations: choose one or more.")})
    wanted = {one.pk for one in obligations}
    rows = list(Obligation.objects.filter(pk__in=wanted, case=row).with_relations().order_by("pk"))
    if len(rows) < len(wanted):
        raise ValidationError({"obligations": _("Destinations: one of them is not owed by this case.")})
    _check_owed(rows, late_reason, at)
    if row.state == CaseState.NULLIFIED:
        _check_nullification(rows)
    else:
        move(row, CaseAct.RELEASE, by=by, at=at, reason=RELEASED)
    return [_left(one, row.last_version, reference, late_reason, by, at) for one in rows]


def _check_owed(rows: Collection[Obligation], late_reason: str, at: datetime) -> None:
    for one in rows:
        if one.state_at(at) not in OPEN_STATES:
            message = _("Destinations: what is owed to %(who)s was met, handed over or closed already.")
            params = {"who": one.get_destination_display()}
            raise ValidationError({"obligations": ValidationError(message, params=params)})
    if any(at > one.due_at for one in rows) and not late_reason.strip():
        raise ValidationError({"late_reason": _("Why late: a late report has a reason.")})


def _check_nullification(rows: Collection[Obligation]) -> None:
    if any(one.rule.trigger != "nullified" for one in rows):
        raise ValidationError(
            {"obligations": _("Destinations: a nullified case sends its nullification only.")}
        )


def _left(
    one: Obligation, version: int, reference: str, late_reason: str, by: User, at: datetime
) -> ObligationStep:
    late = late_reason if at > one.due_at else ""
    if one.is_blinded:
        said = {"case_version": version, "reference": reference, "late_reason": late}
        return add_step(one, StepKind.SENT, by=by, at=at, reason=RELEASED, **said)
    step = add_step(
        one, StepKind.HANDED, by=by, at=at, reason=RELEASED, case_version=version, late_reason=late
    )
    reporters = user_ids_of_roles({Role.UNBLINDED_REPORTER}, trial_code=one.trial.code, site_code="")
    words = {"trial": one.trial.code, "case": one.case_id}
    queue_mails(kind=AT_THE_DESK, about=f"obligation {one.pk} handed", to=reporters, words=words, at=at)
    return step


@transaction.atomic
def meet_declared(
    *, obligation: Obligation, reference: str, late_reason: str, by: User, at: datetime
) -> ObligationStep:
    """Record that the report of a declaration was sent."""
    row = locked_obligation(obligation, Action.MANAGE_CASES, by)
    if row.declaration_id is None:
        raise ValidationError(_("Obligation: it is of a case; release the case instead."))
    _check_owed([row], late_reason, at)
    late = late_reason if at > row.due_at else ""
    return add_step(row, StepKind.SENT, by=by, at=at, reason=RELEASED, reference=reference, late_reason=late)


@transaction.atomic
def record_answer(
    *, obligation: Obligation, kind: str, reference: str, text: str, by: User, at: datetime
) -> ObligationStep:
    """An answer to a sent message: opened, acknowledged, rejected. A rejected one has to be sent again."""
    row = locked_obligation(obligation, Action.MANAGE_CASES, by)
    if StepKind(kind) not in CAME_BACK:
        raise ValidationError({"kind": _("What: opened, acknowledged or rejected.")})
    if row.state_at(at) not in (ObligationState.MET, ObligationState.MET_LATE):
        raise ValidationError(_("Obligation: nothing was sent from here that could be answered."))
    if kind == StepKind.REJECTED and not text.strip():
        raise ValidationError({"text": _("In words: say why it was rejected.")})
    reason = text.strip() or StepKind(kind).label
    return add_step(row, StepKind(kind), by=by, at=at, reason=str(reason), reference=reference, text=text)


@transaction.atomic
def explain_lateness(*, obligation: Obligation, by: User, at: datetime, reason: str) -> ObligationStep:
    """Record why a report was sent late, when no reason was given then."""
    row = locked_obligation(obligation, Action.MANAGE_CASES, by)
    if row.state_at(at) not in LATE:
        raise ValidationError(_("Obligation: it is not late; there is nothing to explain."))
    return add_step(row, StepKind.EXPLAINED, by=by, at=at, reason=reason or "—", late_reason=reason.strip())
