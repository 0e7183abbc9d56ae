"""What the pictures of a participant, a donor or a control are drawn from. Inside the seal only."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from assessments.models import SensitisingEvent
from immunology.models import DsaFinding, SerumInRun, Specimen
from immunology.queries.dsa_inputs import DsaInputs, ParticipantSera, load_dsa_inputs, reference_donors_of
from immunology.queries.laboratories import of_own_laboratory
from immunology.rendering.course import CourseMoment
from immunology.rendering.ladder import LadderBead, LadderLines, draw_ladder
from immunology.rendering.pictures import SealedPicture
from immunology.rendering.slopes import PairedTarget
from immunology.rules.calls import Serum, call_of, span_of
from immunology.rules.changes import are_comparable, fold_of
from immunology.rules.classification import classify
from immunology.rules.control_charts import ChartPoint, control_chart
from immunology.rules.names import chains, hla_class
from immunology.rules.sensitisers import PASSIVE_KINDS
from immunology.rules.targets import coverage_of, targets_of
from immunology.rules.trajectories import sides_of
from trials.models import Infusion, Participant
from trials.rules.protocol import AntibodyPlan

BLOOD_KINDS = frozenset({"RBC", "PLATELETS"})


def inputs_of_participant(*, participant: Participant, on: date) -> DsaInputs | None:
    """The participant's sera beside every donor; `None` without an antibody plan."""
    return load_dsa_inputs(trial_id=participant.trial_id, participant_ids=frozenset({participant.pk}), on=on)


def ladders_of(*, inputs: DsaInputs, participant: Participant) -> Iterator[SealedPicture]:
    """A ladder per serum, run and class, in order of time."""
    person = inputs.people.get(participant.pk)
    if person is None:
        return
    codes = dict(Specimen.objects.filter(participant=participant).values_list("pk", "code"))
    beads = _donor_beads(inputs, person)
    for place, (key, readings) in enumerate(sorted(person.sera.items(), key=lambda one: one[1][0][1].latest)):
        specimen_id, run, _recorder = key
        for in_class in ("I", "II"):
            chosen = [(name, serum) for name, serum in readings if hla_class(chains(name)[0]) == in_class]
            if chosen:
                yield draw_ladder(
                    [_ladder_bead(name, serum, inputs.plan, beads) for name, serum in chosen],
                    _lines(chosen[0][1], in_class, inputs.plan),
                    name=f"{codes.get(specimen_id, '–')} · {run}",
                    hla_class=in_class,
                    figure_id=f"ladder-{place}-{in_class}",
                )


def _donor_beads(inputs: DsaInputs, person: ParticipantSera) -> frozenset[str]:
    """The beads that stand for an antigen of the participant's reference donors."""
    panel = frozenset(person.panel)
    return frozenset(
        bead
        for donor in reference_donors_of(person) & inputs.donors.keys()
        for target in targets_of(inputs.donors[donor], panel)
        for bead in coverage_of(target, panel, inputs.serology).beads
    )


def _ladder_bead(name: str, serum: Serum, plan: AntibodyPlan, beads: frozenset[str]) -> LadderBead:
    mfi = None if serum.mfi is None else float(serum.mfi)
    return LadderBead(name, mfi, str(call_of(serum, plan)), name in beads, serum.limit)


def _lines(serum: Serum, in_class: str, plan: AntibodyPlan) -> LadderLines:
    has_evidence = in_class in plan.threshold_classes and serum.assay.conjugate in plan.threshold_conjugates
    controls = (serum.negative_control_mfi, serum.positive_control_mfi)
    negative, positive = (None if value is None else float(value) for value in controls)
    return LadderLines(
        lo=float(plan.positive_mfi.lo),
        hi=float(plan.positive_mfi.hi),
        negative_control=negative,
        positive_control=positive,
        threshold=float(plan.mfi_threshold) if has_evidence else None,
    )


def paired_targets_of(*, inputs: DsaInputs) -> list[PairedTarget]:
    """The targets of the reference donors that have a value on both sides or on one."""
    found = []
    for target in inputs.reference_targets():
        series = target.series
        if series.anchor is None or not series.sera:
            continue
        trajectory = classify(series, inputs.plan)
        sides = sides_of(series, series.anchor, inputs.plan)
        baseline, last = (side[-1] if side else None for side in (sides.before, sides.after))
        comparable = bool(baseline and last and are_comparable(baseline.assay, last.assay, inputs.plan))
        found.append(
            PairedTarget(
                specificity=target.specificity,
                before=None if trajectory.baseline_mfi is None else float(trajectory.baseline_mfi),
                after=None if trajectory.last_mfi is None else float(trajectory.last_mfi),
                is_comparable=comparable,
                fold=fold_of(inputs.plan, baseline),
                classification=str(trajectory.code),
                before_limit=trajectory.baseline_limit,
                after_limit=trajectory.last_limit,
            )
        )
    return found


def antibody_moments_of(*, participant: Participant, inputs: DsaInputs | None) -> list[CourseMoment]:
    """Sera, infusions, transfusions, plasma and immunoglobulin, and other events of a participant."""
    return [*_sera(participant, inputs), *_infusions(participant), *_causes(participant)]


def _sera(participant: Participant, inputs: DsaInputs | None) -> Iterator[CourseMoment]:
    person = None if inputs is None else inputs.people.get(participant.pk)
    beads = frozenset() if inputs is None or person is None else _donor_beads(inputs, person)
    highest: defaultdict[int, float] = defaultdict(float)
    for (specimen_id, *_run), readings in (person.sera if person else {}).items():
        for name, serum in readings:
            if name in beads and serum.mfi is not None:
                highest[specimen_id] = max(highest[specimen_id], float(serum.mfi))
    for row in Specimen.objects.filter(participant=participant, voided_at=None):
        span = span_of(row.collected_at, row.collected_precision)
        yield CourseMoment("serum", *span, row.code, highest.get(row.pk))


def _infusions(participant: Participant) -> Iterator[CourseMoment]:
    for row in Infusion.objects.given().filter(participant=participant):
        if row.started_at is not None:
            yield CourseMoment("infusion", *span_of(row.started_at, row.start_precision), f"{row.number}")


def _causes(participant: Participant) -> Iterator[CourseMoment]:
    for row in SensitisingEvent.objects.standing().filter(participant=participant):
        kind = row.kind.upper()
        lane = "blood" if kind in BLOOD_KINDS else "immunoglobulin" if kind in PASSIVE_KINDS else "other"
        if row.occurred_earliest_at is not None and row.occurred_latest_at is not None:
            yield CourseMoment(
                lane, row.occurred_earliest_at, row.occurred_latest_at, str(row.get_kind_display())
            )


def antigen_cells(*, trial_id: int, donor_code: str) -> dict[tuple[str, str], str]:
    """The class of every participant against every target of a donor."""
    rows = DsaFinding.objects.filter(trial=trial_id, donor_code=donor_code)
    return {
        (code, target): found
        for code, target, found in rows.values_list("participant__code", "specificity", "classification")
    }


def donors_judged(*, trial_id: int) -> list[str]:
    """The donors that participants were judged against."""
    rows = DsaFinding.objects.filter(trial=trial_id).order_by("donor_code")
    return list(rows.values_list("donor_code", flat=True).distinct())


CHARTED = (("positive_control_mfi", "PC"), ("negative_control_mfi", "NC"))


def control_charts_of(*, trial_id: int, user_id: int) -> Iterator[tuple[str, tuple[ChartPoint, ...]]]:
    """A chart per lot, instrument and control of the sera of the account's laboratories, in order of the runs."""
    rows = SerumInRun.objects.filter(of_own_laboratory(user_id=user_id), trial=trial_id)
    named = ("run__lot", "run__instrument", "run__run_code", *(column for column, _ in CHARTED))
    charts: defaultdict[tuple[str, str], list[dict[str, object]]] = defaultdict(list)
    for row in rows.order_by("run__run_date", "run_id", "pk").values(*named):
        charts[row["run__lot"], row["run__instrument"]].append(row)
    for (lot, instrument), found in sorted(charts.items()):
        for label, values in _controls_of(found):
            yield f"{label} · {lot or '–'} · {instrument or '–'}", control_chart(values)


def _controls_of(rows: Iterable[dict[str, object]]) -> Iterator[tuple[str, list[tuple[str, Any]]]]:
    """The positive control, the negative one, and their ratio."""
    every = list(rows)
    for column, label in CHARTED:
        yield label, [(str(row["run__run_code"]), row[column]) for row in every]
    yield (
        "PC/NC",
        [
            (
                str(row["run__run_code"]),
                row["positive_control_mfi"] / row["negative_control_mfi"]  # type: ignore[operator]
                if row["positive_control_mfi"] and row["negative_control_mfi"]
                else None,
            )
            for row in every
        ],
    )


__all__ = [
    "antibody_moments_of",
    "antigen_cells",
    "control_charts_of",
    "donors_judged",
    "inputs_of_participant",
    "ladders_of",
    "paired_targets_of",
]
