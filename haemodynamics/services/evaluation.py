"""Updating findings from the readings: raised, kept, reopened, or withdrawn; never deleted."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.services import system_user
from audit.choices import standing_reason
from audit.services import attributed, first_version, next_version
from haemodynamics.choices import FindingState
from haemodynamics.models import HaemodynamicFinding
from haemodynamics.queries import infusion_of
from haemodynamics.queries.cases import InfusionCase, infusion_cases
from haemodynamics.rules import CriterionResult, Evidence, Status, evaluate_plan, state_after_evaluation
from haemodynamics.signals import haemodynamic_finding_raised
from trials.choices import InfusionStatus
from trials.models import Participant

SYSTEM_REASON = standing_reason("evaluated by the rules")
SWEEP_BACK = timedelta(days=2)
"""How far back the sweep looks: longer than any window, so that the work of a lost message is found."""
AT_ONCE = 20
"""Participants per transaction of the sweep: a user who enters a reading of one of them waits until it ends."""


def evaluate_participants(*, participants: Iterable[Participant], by: User, at: datetime, reason: str) -> int:
    """Evaluate every infusion of these participants and update their findings; returns how many changed.

    Writes in the name of `by`. The participants' rows are locked, as in the entry of a reading: otherwise a finding
    raised after the readings were read would be withdrawn. A fixed number of queries for readings, pumps, infusions and
    findings, whatever the number of participants; one per protocol version.
    """
    with attributed(by=by, reason=reason, at=at):
        return _evaluate(_in_order(participants).select_for_update(no_key=True), at)


def _in_order(participants: Iterable[Participant]) -> QuerySet[Participant]:
    """Those whose data are open: of the others nothing is written, findings stay as they were when the data were closed."""
    wanted = Participant.objects.filter(pk__in=[participant.pk for participant in participants])
    return wanted.unlocked().order_by("pk")


def _evaluate(locked: Iterable[Participant], at: datetime) -> int:
    people = list(locked)
    return bring_up_to_date(infusion_cases(people), at=at) + _withdraw_without_infusion(people, at)


def _withdraw_without_infusion(people: Sequence[Participant], at: datetime) -> int:
    """Withdraw findings on infusions that were voided, or recorded as not given after all."""
    open_rows = HaemodynamicFinding.objects.filter(participant__in=people).exclude(
        state=FindingState.WITHDRAWN
    )
    gone = open_rows.exclude(infusion__voided_at=None, infusion__status=InfusionStatus.GIVEN)
    rows = gone.order_by("pk").select_for_update(of=("self",))
    for row in rows:
        row.state = FindingState.WITHDRAWN
        next_version(row, at=at)
        row.save()
    return len(rows)


def evaluate_one_infusion(*, infusion_id: int, at: datetime) -> int:
    """Evaluate the windows of an infusion's participant in the system's name.

    Returns how many findings changed.
    """
    people = Participant.objects.filter(infusions=infusion_id)
    return evaluate_participants(participants=people, by=system_user(), at=at, reason=SYSTEM_REASON)


def evaluate_changed_infusions(*, at: datetime) -> int:
    """Evaluate the participants with recently changed infusions or records (a death), in the system's name."""
    since = at - SWEEP_BACK
    changed = Q(infusions__changed_at__gte=since) | Q(changed_at__gte=since, infusions__isnull=False)
    people = list(Participant.objects.filter(changed).distinct().order_by("pk"))
    portions = (people[first : first + AT_ONCE] for first in range(0, len(people), AT_ONCE))
    return sum(_sweep(portion, at) for portion in portions)


def _sweep(portion: Iterable[Participant], at: datetime) -> int:
    """Leave a participant who is being written to, to that writer and the next sweep.

    An import that holds one participant and waits for another must not be waited for.
    """
    with attributed(by=system_user(), reason=SYSTEM_REASON, at=at):
        return _evaluate(_in_order(portion).select_for_update(no_key=True, skip_locked=True), at)


def bring_up_to_date(cases: Sequence[InfusionCase], *, at: datetime) -> int:
    """Update the findings of these infusions from their readings; inside `attributed`.

    Returns how many changed.
    """
    standing = _findings_of(cases)
    known = {infusion_id for infusion_id, _ in standing}
    return sum(
        _bring_up(case, standing, at) for case in cases if case.may_hold_a_hit or case.infusion.pk in known
    )


def _findings_of(cases: Sequence[InfusionCase]) -> Mapping[tuple[int, str], HaemodynamicFinding]:
    """Locked, so that a concurrent decision of a clinician is based on the result of the evaluation."""
    if not cases:
        return {}
    rows = HaemodynamicFinding.objects.filter(infusion__in=[case.infusion.pk for case in cases]).order_by(
        "pk"
    )
    return {(row.infusion_id, row.criterion): row for row in rows.select_for_update()}


def _bring_up(
    case: InfusionCase, standing: Mapping[tuple[int, str], HaemodynamicFinding], at: datetime
) -> int:
    observed = infusion_of(
        case.infusion, case.participant, observed_until=None, died_after=case.last_started_at
    )
    results = evaluate_plan(case.readings, observed, case.plan, case.participant.weight_kg)
    changed = 0
    for result in results:
        row = standing.get((case.infusion.pk, result.criterion))
        changed += _raise(case, result, at) if row is None else _update(row, case, result, at)
    return changed


def _raise(case: InfusionCase, result: CriterionResult, at: datetime) -> int:
    if result.status is not Status.HIT or result.first_hit_at is None:
        return 0
    row = HaemodynamicFinding(
        trial_id=case.participant.trial_id,
        participant=case.participant,
        infusion=case.infusion,
        criterion=result.criterion,
        first_hit_at=result.first_hit_at,
        inputs=evidence_of(result),
        rule_set=case.plan.rule_set,
    )
    first_version(row, at=at)
    row.full_clean(
        exclude=("trial", "participant", "infusion"), validate_unique=False, validate_constraints=False
    )
    row.save()
    haemodynamic_finding_raised.send(sender=HaemodynamicFinding, finding_id=row.pk)
    return 1


def _update(row: HaemodynamicFinding, case: InfusionCase, result: CriterionResult, at: datetime) -> int:
    """Update one finding from a new evaluation; nothing is written when nothing changed."""
    found = evidence_of(result)
    evidence = _compare(row, result, found)
    state = state_after_evaluation(row.state, evidence)
    if state == row.state and evidence is not Evidence.CHANGED:
        return 0
    was_open = row.state == FindingState.CANDIDATE
    if evidence is not Evidence.GONE and result.first_hit_at is not None:
        row.first_hit_at, row.inputs, row.rule_set = result.first_hit_at, found, case.plan.rule_set
    if state == FindingState.CANDIDATE:
        row.decided_by, row.decided_at, row.decision_reason = "", None, ""
    row.state = state
    next_version(row, at=at)
    row.save()
    if state == FindingState.CANDIDATE and not was_open:
        haemodynamic_finding_raised.send(sender=HaemodynamicFinding, finding_id=row.pk)
    return 1


def _compare(row: HaemodynamicFinding, result: CriterionResult, found: Mapping[str, Any]) -> Evidence:
    if result.status is not Status.HIT:
        return Evidence.GONE
    same = row.first_hit_at == result.first_hit_at and row.inputs == found
    return Evidence.SAME if same else Evidence.CHANGED


def evidence_of(result: CriterionResult) -> dict[str, Any]:
    """The evidence of a hit, JSON-able: thresholds, window, weight, baseline and the values of the first hit.

    Later readings do not change it, so that a decision is valid until its own evidence is corrected.
    """
    inputs = dict(result.inputs)
    readings = inputs.pop("readings", [])
    hit_at = result.first_hit_at.isoformat() if result.first_hit_at else ""
    return {
        **inputs,
        "baseline": [
            {"variable": b.variable, "at": b.at.isoformat(), "value": b.value, "unit": b.unit}
            for b in result.baseline
        ],
        "first_hit": next((reading for reading in readings if reading["at"] == hit_at), None),
    }
