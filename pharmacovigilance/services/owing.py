"""Storing obligations: missing rows are added, existing rows are never changed."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import User
from accounts.services import require, system_user
from audit.choices import standing_reason
from audit.services import attributed, first_version
from pharmacovigilance.choices import ClosedBecause, DeclarationKind, StepKind, Trigger
from pharmacovigilance.models import Declaration, Obligation, ObligationRule, ObligationStep, SafetyCase
from pharmacovigilance.queries.judging import CaseJudgement
from pharmacovigilance.rules.obligation_states import OPEN_STATES
from pharmacovigilance.rules.obligations import Owed, declared, due_at
from pharmacovigilance.rules.reasons import reasons_as_json
from pharmacovigilance.services.rule_rows import ensure_rules
from pharmacovigilance.services.steps import check_reason, locked_obligation
from trials.models import Trial

OWED = standing_reason("The reporting rules make this owed.")
NO_SUSAR = standing_reason(
    "The sponsor's signed assessment: by this rule the case is no suspected unexpected serious reaction."
)
REACHED = standing_reason("The record reached the sponsor.")
ANSWERED = (StepKind.HANDED, StepKind.SENT)
SUSAR_TRIGGERS = (Trigger.SUSAR_FATAL, Trigger.SUSAR_OTHER)


def keep_owed(case: SafetyCase, *, at: datetime) -> list[Obligation]:
    """Add the missing obligations of the locked case.

    An obligation that an assessment ended and that is due again gets a new row with the same day 0: closing it does not
    move the clock.
    """
    ensure_rules(trial=case.trial, at=at)
    wanted = CaseJudgement(case).owed()
    rows = Obligation.objects.filter(receipt__in=[one.receipt for one in wanted]).prefetch_related("steps")
    known = {(row.rule_id, row.receipt_id): row for row in rows.order_by("sequence")}
    added = []
    with attributed(by=system_user(), reason=OWED, at=at):
        for one in wanted:
            last = known.get((one.rule.id, one.receipt))
            if last is None or _was_ended_by_an_answer(last):
                added.append(_added(case, one, (last.sequence if last else 0) + 1, at))
    return added


def _was_ended_by_an_answer(row: Obligation) -> bool:
    """Closed by a signed assessment, which another one can revoke.

    An obligation closed by a person stays closed.
    """
    steps = list(row.steps.all())
    has_left = any(step.kind in ANSWERED for step in steps)
    return not has_left and any(step.kind == StepKind.CLOSED and step.text == NO_SUSAR for step in steps)


def _added(case: SafetyCase, one: Owed, sequence: int, at: datetime) -> Obligation:
    row = Obligation(
        trial_id=case.trial_id,
        rule_id=one.rule.id,
        case=case,
        receipt_id=one.receipt,
        sequence=sequence,
        destination=one.rule.destination,
        is_blinded=one.rule.blinded,
        day_0_at=one.day_0_at,
        due_at=one.due_at,
        reasons=reasons_as_json(one.reasons),
    )
    first_version(row, at=at)
    row.full_clean(exclude=("trial", "rule", "case", "receipt"))
    row.save(force_insert=True)
    if one.rule.trigger == Trigger.SERIOUS:
        _reached(row, at)
    return row


def _reached(row: Obligation, at: datetime) -> None:
    """The record itself informs the sponsor: it was sent when it was received."""
    assert row.receipt is not None
    step = ObligationStep(trial_id=row.trial_id, obligation=row, kind=StepKind.SENT, text=REACHED)
    step.done_at, step.done_by = row.receipt.received_at, system_user()
    first_version(step, at=at)
    step.save(force_insert=True)


def close_answered(case: SafetyCase, *, by: User, at: datetime) -> int:
    """Close the obligations that the new assessment ended; returns how many.

    Nothing that was sent is changed.
    """
    judgement = CaseJudgement(case)
    owed = {(one.rule.id, one.receipt) for one in judgement.owed()}
    count = 0
    for row in open_obligations(case, at=at):
        if row.rule.trigger in SUSAR_TRIGGERS and (row.rule_id, row.receipt_id) not in owed:
            add_step(
                row,
                StepKind.CLOSED,
                by=by,
                at=at,
                reason=NO_SUSAR,
                closed_because=ClosedBecause.DOWNGRADED,
                text=NO_SUSAR,
            )
            count += 1
    return count


def open_obligations(case: SafetyCase, *, at: datetime) -> list[Obligation]:
    """The obligations of the case that are not done."""
    rows = Obligation.objects.filter(case=case).with_relations().order_by("due_at", "pk")
    return [row for row in rows if row.state_at(at) in OPEN_STATES]


def add_step(
    obligation: Obligation, kind: StepKind, *, by: User, at: datetime, reason: str, **said: object
) -> ObligationStep:
    """Store one step of an obligation."""
    step = ObligationStep(
        trial_id=obligation.trial_id, obligation=obligation, kind=kind, done_at=at, done_by=by, **said
    )
    first_version(step, at=at)
    step.full_clean(exclude=("trial", "obligation", "done_by"))
    with attributed(by=by, reason=reason, at=at):
        step.save(force_insert=True)
    return step


@transaction.atomic
def close_obligation(
    *, obligation: Obligation, because: str, by: User, at: datetime, reason: str
) -> ObligationStep:
    """Record that nothing will be sent, and the reason.

    Raises ValidationError when it was met or given to the desk.
    """
    check_reason(reason)
    row = locked_obligation(obligation, Action.MANAGE_CASES, by)
    if row.state_at(at) not in OPEN_STATES:
        raise ValidationError(_("Obligation: it was met, handed over or closed already."))
    return add_step(row, StepKind.CLOSED, by=by, at=at, reason=reason, closed_because=because, text=reason)


@transaction.atomic
def declare(
    *, trial: Trial, kind: str, declared_at: datetime, text: str, by: User, at: datetime
) -> Declaration:
    """Store a fact of the whole trial, and its obligations. Raises ValidationError (in the future, no words)."""
    require(by=by, action=Action.MANAGE_CASES, trial_code=trial.code)
    if declared_at > at:
        raise ValidationError({"declared_at": _("Known, or taken, at: it lies in the future.")})
    ensure_rules(trial=trial, at=at)
    row = Declaration(trial=trial, kind=kind, declared_at=declared_at, text=text)
    first_version(row, at=at)
    row.full_clean(exclude=("trial",))
    with attributed(by=by, reason=text, at=at):
        row.save(force_insert=True)
        for rule in ObligationRule.objects.filter(trial=trial):
            one = declared(rule.as_rule(), DeclarationKind(kind).value, declared_at, trial.timezone)
            if one is not None:
                _of_declaration(row, rule, one, at)
    return row


def _of_declaration(declaration: Declaration, rule: ObligationRule, one: Owed, at: datetime) -> None:
    row = Obligation(
        trial_id=declaration.trial_id,
        rule=rule,
        declaration=declaration,
        destination=rule.destination,
        is_blinded=rule.is_blinded,
        day_0_at=one.day_0_at,
        due_at=one.due_at,
        reasons=[],
    )
    first_version(row, at=at)
    row.full_clean(exclude=("trial", "rule", "declaration"))
    row.save(force_insert=True)


def add_nullification(case: SafetyCase, receipt_id: int, decided_at: datetime, *, at: datetime) -> None:
    """A message to each destination that had received a version of the nullified case."""
    reached = ObligationStep.objects.filter(obligation__case=case, kind__in=ANSWERED)
    destinations = set(reached.values_list("obligation__destination", flat=True))
    rows: Iterable[ObligationRule] = ObligationRule.objects.filter(
        trial=case.trial_id, trigger=Trigger.NULLIFIED, is_on=True, destination__in=destinations
    )
    with attributed(by=system_user(), reason=OWED, at=at):
        for row in rows:
            due = due_at(row.as_rule(), decided_at, case.trial.timezone)
            _added(case, Owed(row.as_rule(), receipt_id, decided_at, due, ()), 1, at)
