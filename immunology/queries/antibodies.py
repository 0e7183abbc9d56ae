"""What was found about antibodies: inside an open clearance only; without one the models refuse to answer."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Min, QuerySet

from immunology.models import AntibodyResult, DsaFinding
from immunology.rules.calls import Call, call_value
from immunology.rules.codes import Code
from immunology.rules.rollup import FindingLine, Summary, summarise_participant
from trials.models import Infusion, Participant, ProtocolVersion
from trials.rules.protocol import AntibodyPlan


@dataclass(frozen=True)
class AntibodyLine:
    """One participant's roll-up."""

    participant: Participant
    summary: Summary


@dataclass(frozen=True)
class _Sides:
    before: list[Call]
    after: list[Call]
    days: set[int]


def own_results(*, user_id: int) -> QuerySet[AntibodyResult]:
    """The results that one account has recorded (void ones included): all that the laboratory may see."""
    rows: QuerySet[AntibodyResult] = AntibodyResult.objects.filter(recorded_by_id=user_id)
    return rows


def antibody_lines(*, trial_id: int) -> list[AntibodyLine]:
    """Every enrolled participant's roll-up against the reference donor, by code; a fixed number of queries."""
    plan = ProtocolVersion.objects.protocol_of(trial_id=trial_id, on=None).antibodies
    if plan is None:
        return []
    infusions = Infusion.objects.given().filter(trial=trial_id).values("participant_id")
    first = dict(infusions.annotate(first=Min("started_at")).values_list("participant_id", "first"))
    sides, findings = _sides_of(trial_id, first, plan), _findings_of(trial_id)
    people = Participant.objects.enrolled().filter(trial=trial_id).order_by("code")
    return [AntibodyLine(person, _summary(person.pk, first, sides, findings)) for person in people]


def _summary(
    pk: int,
    first: Mapping[int, object],
    sides: Mapping[int, _Sides],
    findings: Mapping[int, list[FindingLine]],
) -> Summary:
    side = sides.get(pk) or _Sides([], [], set())
    return summarise_participant(
        is_exposed=pk in first,
        evaluable_days=side.days,
        before=side.before,
        after=side.after,
        findings=findings.get(pk, []),
    )


def _sides_of(trial_id: int, first: Mapping[int, object], plan: AntibodyPlan) -> Mapping[int, _Sides]:
    """The calls of all specificities on either side of the first infusion (before it as long as there is none)."""
    rows = AntibodyResult.objects.filter(trial=trial_id, voided_at=None, specimen__voided_at=None)
    columns = ("participant_id", "mfi", "specimen__collected_at", "specimen__planned_day")
    sides: dict[int, _Sides] = defaultdict(lambda: _Sides([], [], set()))
    for pk, mfi, collected_at, planned_day in rows.exclude(mfi=None).values_list(*columns):
        side, start = sides[pk], first.get(pk)
        (side.before if start is None or collected_at < start else side.after).append(call_value(mfi, plan))
        if planned_day is not None:
            side.days.add(planned_day)
    return sides


def _findings_of(trial_id: int) -> Mapping[int, list[FindingLine]]:
    rows = DsaFinding.objects.filter(trial=trial_id, is_reference=True)
    lines: dict[int, list[FindingLine]] = defaultdict(list)
    for row in rows:
        lines[row.participant_id].append(
            FindingLine(Code(row.classification), row.peak_mfi, row.above_threshold)
        )
    return lines
