"""Signed answers of investigator and sponsor. The door checks the password.

No person changes another's answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Action, SignatureMeaning
from accounts.models import User
from accounts.services import sign_record
from audit.choices import standing_reason
from audit.services import attributed, first_version
from events.models import AdverseEvent
from pharmacovigilance.choices import CaseAct, ReceiptKind, ReceiptSource, Side
from pharmacovigilance.models import (
    CaseEvent,
    CausalityAssessment,
    Receipt,
    SafetyCase,
    SeriousnessAssessment,
)
from pharmacovigilance.queries.event_facts import facts_now
from pharmacovigilance.queries.judging import CaseJudgement
from pharmacovigilance.services.owing import close_answered, keep_owed
from pharmacovigilance.services.steps import locked_for, move

ASSESSED = standing_reason("This is my assessment.")
INVESTIGATOR_SAID = "The investigator assessed the cause."


@dataclass(frozen=True)
class CauseAnswer:
    """One answer about one cause: a category of the protocol, and the grounds."""

    cause: str
    category: str
    grounds: str


@transaction.atomic
def assess_causes_for_site(
    *, case: SafetyCase, event: AdverseEvent, answers: list[CauseAnswer], by: User, at: datetime
) -> list[CausalityAssessment]:
    """The investigator's signed answers. They are information to the sponsor: a receipt with this time."""
    row = locked_for(case, Action.ASSESS_CAUSE_FOR_SITE, by)
    _check_event(row, event)
    kept = [_kept(row, event, Side.INVESTIGATOR, one, by, at) for one in answers]
    _information(row, event, by, at)
    move(row, CaseAct.RECEIVE, by=by, at=at, reason=INVESTIGATOR_SAID, event=event)
    keep_owed(row, at=at)
    return kept


@transaction.atomic
def assess_for_sponsor(
    *,
    case: SafetyCase,
    event: AdverseEvent,
    answers: list[CauseAnswer],
    serious: bool | None,
    criteria: list[str],
    by: User,
    at: datetime,
) -> list[CausalityAssessment]:
    """The sponsor's signed answers: causes, and seriousness when it is answered too (None: left to the site's).

    The case is assessed once every serious event in it has an answer about a suspect cause. Obligations that the
    answers start are added; those that they end are closed in the assessor's name, with the reason, but never one that
    was sent or given to the desk.
    """
    row = locked_for(case, Action.ASSESS_CASE_FOR_SPONSOR, by)
    _check_event(row, event)
    kept = [_kept(row, event, Side.SPONSOR, one, by, at) for one in answers]
    if serious is not None:
        _kept_seriousness(row, event, serious, criteria, by, at)
    if not kept and serious is None:
        raise ValidationError(_("Assessment: nothing is answered; answer one cause or the seriousness."))
    if CaseJudgement(row).is_assessed:
        move(row, CaseAct.ASSESS, by=by, at=at, reason=ASSESSED, event=event)
    keep_owed(row, at=at)
    close_answered(row, by=by, at=at)
    return kept


def _check_event(case: SafetyCase, event: AdverseEvent) -> None:
    if not CaseEvent.objects.standing().filter(case=case, event=event).exists():
        raise ValidationError({"event": _("Event: it does not stand in this case.")})


def _kept(
    case: SafetyCase, event: AdverseEvent, side: Side, answer: CauseAnswer, by: User, at: datetime
) -> CausalityAssessment:
    row = CausalityAssessment(
        trial_id=case.trial_id,
        case=case,
        event=event,
        event_version=event.version,
        side=side,
        cause=answer.cause,
        category=answer.category,
        grounds=answer.grounds,
        assessed_by=by,
        assessed_at=at,
    )
    first_version(row, at=at)
    row.full_clean(exclude=("trial", "case", "event", "assessed_by", "is_related", "is_undetermined"))
    with attributed(by=by, reason=ASSESSED, at=at):
        row.save(force_insert=True)
    shown = {"event": event.pk, "version": event.version, "side": side, "cause": row.cause}
    _signed(row, shown | {"category": row.category, "grounds": row.grounds}, case, by, at)
    return row


def _kept_seriousness(
    case: SafetyCase, event: AdverseEvent, serious: bool, criteria: list[str], by: User, at: datetime
) -> None:
    row = SeriousnessAssessment(
        trial_id=case.trial_id,
        case=case,
        event=event,
        event_version=event.version,
        serious=serious,
        criteria=criteria,
        grounds=ASSESSED,
        assessed_by=by,
        assessed_at=at,
    )
    first_version(row, at=at)
    row.full_clean(exclude=("trial", "case", "event", "assessed_by"))
    with attributed(by=by, reason=ASSESSED, at=at):
        row.save(force_insert=True)
    shown = {"event": event.pk, "version": event.version, "serious": serious, "criteria": criteria}
    _signed(row, shown, case, by, at)


def _signed(row: Any, shown: Mapping[str, Any], case: SafetyCase, by: User, at: datetime) -> None:
    sign_record(
        record=row,
        version=1,
        content=shown,
        meaning=SignatureMeaning.ASSESSMENT,
        trial_id=case.trial_id,
        zone=case.trial.timezone,
        by=by,
        at=at,
    )


def _information(case: SafetyCase, event: AdverseEvent, by: User, at: datetime) -> None:
    row = Receipt(
        trial_id=case.trial_id,
        case=case,
        kind=ReceiptKind.FOLLOW_UP,
        source=ReceiptSource.PERSON,
        event=event,
        event_version=event.version,
        received_at=at,
        has_patient=True,
        has_reporter=True,
        has_event=True,
        has_product=CaseJudgement(case).was_treated(facts_now(event)),
        is_significant=True,
        changed_facts=["causality"],
        said_by="investigator",
        text=INVESTIGATOR_SAID,
        entered_by=by,
    )
    first_version(row, at=at)
    row.full_clean(exclude=("trial", "case", "event", "entered_by"))
    with attributed(by=by, reason=ASSESSED, at=at):
        row.save(force_insert=True)
