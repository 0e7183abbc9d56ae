"""The rows of the frames of specimens and (sealed) of their antibody results."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date

from immunology.queries.dsa_rows import donors_in
from immunology.rules.calls import Call
from immunology.rules.codes import NOT_EVALUABLE_CODES, Code, Flag
from immunology.rules.names import chains
from immunology.rules.rollup import FindingLine, other_causes, summarise_participant
from immunology.rules.sampling import SampleState, judge_samples
from immunology.rules.targets import locus_of
from immunology.rules.trajectories import Trajectory
from partial_dates import local_date
from reports.frames.writing import Row
from reports.queries.antibody_judgements import Judged, calls_by_participant, judged_targets
from reports.queries.antibody_sera import readings_at_cutoff
from reports.queries.people import FrameRow, People, number_or_none
from reports.queries.spans import death_of
from trials.rules.protocol import AntibodyPlan

WITHOUT_BASELINE = NOT_EVALUABLE_CODES | {Code.NEGATIVE_NO_BASELINE, Code.POSITIVE_ORIGIN_UNKNOWN}
"""Nothing is known of the time before the first infusion."""

WITHOUT_FOLLOWUP = NOT_EVALUABLE_CODES | {code for code in Code if code.endswith("_NO_FOLLOWUP")}
"""Nothing is known of the time after it."""


SHOWN_FLAGS = (
    Flag.POSSIBLE_PASSIVE,
    Flag.OTHER_SENSITISER,
    Flag.TRANSFUSIONS_NOT_RECORDED,
    Flag.SELF_ANTIGEN,
)
"""The flags in a report.

`VIRTUAL` is never among them: it reveals who received no cells, and so the coded arm.
"""


def specimen_rows(people: People, plan: AntibodyPlan | None) -> Iterator[FrameRow]:
    """The frame `specimens`: those taken, and planned ones that were not taken in time."""
    taken = [row for row in people.records["specimens"] if row["participant_id"] in people.counted]
    yield from (_specimen(people, row["participant_id"], row) for row in taken)
    seen = {(row["participant_id"], row["planned_day"]) for row in taken}
    yield from (row for key, row in _due(people, plan) if key not in seen)


def _specimen(people: People, pk: int, row: Row) -> FrameRow:
    return {
        "participant": people.code(pk),
        "planned_day": row["planned_day"],
        "taken": True,
        "study_day": people.study_day(pk, row["collected_at"]),
    }


def _due(people: People, plan: AntibodyPlan | None) -> Iterator[tuple[tuple[int, int], FrameRow]]:
    """Every planned specimen of an enrolled participant whose last day is over at the cut-off.

    None is due after death or withdrawal by that day; a participant who died later had the whole time.
    """
    today = local_date(people.records.cutoff, people.records.zone)
    for pk in sorted(people.counted):
        person = people.by_id[pk]
        if person["enrolment_number"] is None or person["day0_date"] is None or plan is None:
            continue
        for sample in judge_samples(plan, day0=person["day0_date"], taken_days=(), today=today):
            day, is_over = sample.planned.day, sample.state == SampleState.OVERDUE
            if is_over and not _had_left(people, person, sample.closes_date):
                row = {"participant": person["code"], "planned_day": day, "taken": False, "study_day": None}
                yield (pk, day), row


def _had_left(people: People, person: Row, day: date) -> bool:
    """Whether the participant had died or withdrawn by the end of that day; a possible death by then counts."""
    death, withdrew = death_of(people, person["id"]), person["withdrawn_date"]
    died = death and (death.earliest is None or local_date(death.earliest, people.records.zone) <= day)
    return bool(died) or (withdrew is not None and withdrew <= day)


def antibody_rows(people: People, plan: AntibodyPlan | None) -> list[FrameRow]:
    """The frame `antibodies` (sealed): one line per treated participant; null where unknown."""
    if plan is None or not people.letters:
        return []
    calls = calls_by_participant(people, plan)
    findings: dict[int, list[Trajectory]] = {}
    for judged in judged_targets(people, plan):
        findings.setdefault(judged.target.participant_id, []).append(judged.trajectory)
    typed = {row["participant_id"] for row in people.records["participant_typings"]}
    return [
        {"participant": people.code(pk), **_antibodies(calls[pk], findings.get(pk, []), pk in typed)}
        for pk in people.given
    ]


def _antibodies(
    calls: tuple[list[Call], list[Call]], findings: list[Trajectory], is_typed: bool
) -> dict[str, object]:
    """The participant's line by the laboratory's own rules, and whether anything is known of before and after."""
    before, after = calls
    lines = [FindingLine(each.code, each.peak_mfi, each.above_threshold, each.flags) for each in findings]
    line = summarise_participant(
        is_exposed=True, evaluable_days=(), before=before, after=after, findings=lines
    )
    codes = {each.code for each in lines}
    is_followed = bool(codes - WITHOUT_FOLLOWUP)
    return {
        "anti_hla_before": line.anti_hla_before,
        "anti_hla_after": line.anti_hla_after,
        "preformed_dsa": line.preformed_dsa,
        "de_novo_dsa": line.de_novo_dsa,
        "above_threshold": line.above_threshold,
        "indeterminate": line.indeterminate,
        "baseline_evaluable": bool(codes - WITHOUT_BASELINE),
        "followup_evaluable": is_followed,
        **asdict(other_causes(lines, is_followed=is_followed, is_typed=is_typed)),
        "peak_mfi": number_or_none(line.peak_mfi),
    }


def dsa_finding_rows(people: People, plan: AntibodyPlan | None) -> list[FrameRow]:
    """The frame `dsa_findings` (sealed): the targets of the reference donor, of everybody treated and measured."""
    readings, batches = readings_at_cutoff(people), _batches(people)
    return [_finding_row(people, judged, readings, batches) for judged in judged_targets(people, plan)]


def _finding_row(
    people: People, judged: Judged, readings: Mapping[tuple[str, str, str], str], batches: Mapping[str, str]
) -> FrameRow:
    target, trajectory = judged.target, judged.trajectory
    code = people.code(target.participant_id)
    days = [
        None if at is None else people.local_day(at) for at in (trajectory.baseline_at, trajectory.last_at)
    ]
    limits = (trajectory.baseline_limit, trajectory.last_limit)
    return {
        "participant": code,
        "specificity": target.specificity,
        "hla_class": target.series.hla_class,
        "classification": str(trajectory.code),
        "baseline_mfi": number_or_none(trajectory.baseline_mfi),
        "last_mfi": number_or_none(trajectory.last_mfi),
        "peak_mfi": number_or_none(trajectory.peak_mfi),
        "above_threshold": trajectory.above_threshold,
        "flags": " ".join(flag for flag in SHOWN_FLAGS if flag in trajectory.flags) or None,
        "batch": batches.get(target.donor_code),
        "locus": locus_of(chains(target.specificity)[-1])
        if "*" in target.specificity
        else target.specificity,
        "baseline_on": days[0],
        "last_on": days[1],
        "limits": ", ".join(limit or "–" for limit in limits) if any(limits) else None,
        "beyond_evidence": ", ".join(trajectory.beyond_evidence) or None,
        "readings": readings.get((code, target.donor_code, target.specificity)),
    }


def _batches(people: People) -> Mapping[str, str]:
    """The codes of each donor's batches."""
    found: dict[str, list[str]] = {}
    for row in people.records["product_batches"]:
        for donor in donors_in(row["donor_code"] or ""):
            found.setdefault(donor, []).append(str(row["code"]))
    return {donor: ", ".join(sorted(codes)) for donor, codes in found.items()}
