"""What was found about antibodies: inside an open clearance only; without one the models refuse to answer."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from immunology.models import AntibodyResult, DsaFinding
from immunology.rules.calls import Call, Serum, call_of, span_of
from immunology.rules.codes import Code
from immunology.rules.rollup import FindingLine, Summary, calls_around, summarise_participant
from immunology.rules.trajectories import Anchor
from trials.models import Infusion, Participant, ProtocolVersion
from trials.rules.protocol import AntibodyPlan

MEASURED = ("mfi", "positive_control_mfi", "negative_control_mfi", "bead_count", "is_rejected")
COLUMNS = (
    "participant_id", "specimen__planned_day", "specimen__collected_at", "specimen__collected_precision", *MEASURED,
)  # fmt: skip


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
    first = _first_infusions(trial_id)
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


def _sides_of(trial_id: int, first: Mapping[int, Anchor], plan: AntibodyPlan) -> Mapping[int, _Sides]:
    """The calls of all specificities on either side of the first infusion (before it as long as there is none)."""
    rows = AntibodyResult.objects.filter(trial=trial_id, voided_at=None, specimen__voided_at=None)
    sera: dict[int, list[Serum]] = defaultdict(list)
    days: dict[int, set[int]] = defaultdict(set)
    for pk, planned_day, collected_at, precision, *values in rows.values_list(*COLUMNS):
        serum = Serum(*span_of(collected_at, precision), **dict(zip(MEASURED, values, strict=True)))
        sera[pk].append(serum)
        if planned_day is not None and call_of(serum, plan) is not Call.INVALID:
            days[pk].add(planned_day)
    return {pk: _Sides(*calls_around(own, first.get(pk), plan), days[pk]) for pk, own in sera.items()}


def _first_infusions(trial_id: int) -> Mapping[int, Anchor]:
    rows = Infusion.objects.given().filter(trial=trial_id).order_by("participant_id", "started_at", "number")
    firsts = rows.distinct("participant_id").values_list("participant_id", "started_at", "start_precision")
    return {pk: Anchor(*span_of(at, precision)) for pk, at, precision in firsts if at is not None}


def _findings_of(trial_id: int) -> Mapping[int, list[FindingLine]]:
    rows = DsaFinding.objects.filter(trial=trial_id, is_reference=True)
    lines: dict[int, list[FindingLine]] = defaultdict(list)
    for row in rows:
        lines[row.participant_id].append(
            FindingLine(Code(row.classification), row.peak_mfi, row.above_threshold)
        )
    return lines
