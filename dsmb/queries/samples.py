"""Specimens and (sealed) what was found about antibodies in them, as the report's frames want them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from dsmb.frames.held import Row
from dsmb.queries.people import FrameRow, People, number_or_none
from immunology.rules.calls import Call, Serum, span_of
from immunology.rules.codes import NOT_EVALUABLE_CODES, Code
from immunology.rules.rollup import FindingLine, calls_around, summarise_participant
from immunology.rules.trajectories import Anchor
from trials.rules.dates import local_date
from trials.rules.protocol import AntibodyPlan

MEASURED = ("mfi", "positive_control_mfi", "negative_control_mfi", "bead_count", "is_rejected")
"""What decides whether a value is valid, and how it is read."""

WITHOUT_BASELINE = NOT_EVALUABLE_CODES | {Code.NEGATIVE_NO_BASELINE, Code.POSITIVE_ORIGIN_UNKNOWN}
"""Nothing is known of the time before the first infusion."""

WITHOUT_FOLLOWUP = NOT_EVALUABLE_CODES | {code for code in Code if code.endswith("_NO_FOLLOWUP")}
"""Nothing is known of the time after it."""


def specimen_rows(people: People, plan: AntibodyPlan | None) -> Iterator[FrameRow]:
    """The frame `specimens`: those taken, and those planned whose time is over without one."""
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

    Nobody waits for one of who had died or withdrawn by that day; whoever died later had the whole time to give it.
    """
    today = local_date(people.records.cutoff, people.records.zone)
    for pk in sorted(people.counted):
        person = people.by_id[pk]
        if person["enrolment_number"] is None or person["day0_date"] is None or plan is None:
            continue
        for sample in plan.sampling:
            last_day = person["day0_date"] + timedelta(days=sample.day + sample.after_days)
            if last_day < today and not _had_left(person, last_day, people.records.zone):
                row = {
                    "participant": person["code"],
                    "planned_day": sample.day,
                    "taken": False,
                    "study_day": None,
                }
                yield (pk, sample.day), row


def _had_left(person: Row, day: date, zone: str) -> bool:
    """Whether the participant had died or withdrawn by the end of that day; a death on an unknown day may be by then."""
    died, withdrew = person["died_earliest_at"], person["withdrawn_date"]
    is_dead = person["has_died"] and (died is None or local_date(died, zone) <= day)
    return is_dead or (withdrew is not None and withdrew <= day)


def antibody_rows(people: People, plan: AntibodyPlan | None) -> list[FrameRow]:
    """The frame `antibodies` (sealed): one line per treated participant; null where nobody can say."""
    if plan is None or not people.letters:
        return []
    results = _by_participant(people.records["antibody_results"])
    findings = _by_participant(row for row in people.records["dsa_findings"] if row["is_reference"])
    specimens = {row["id"]: row for row in people.records["specimens"]}
    return [
        {
            "participant": people.code(pk),
            **_antibodies(_calls(people, pk, results.get(pk, []), specimens, plan), findings.get(pk, [])),
        }
        for pk in people.given
    ]


def _antibodies(calls: tuple[list[Call], list[Call]], findings: list[Row]) -> dict[str, object]:
    """The participant's line as the laboratory's own pages have it, and whether anything is known of before and after."""
    before, after = calls
    lines = [
        FindingLine(Code(row["classification"]), row["peak_mfi"], row["above_threshold"]) for row in findings
    ]
    line = summarise_participant(
        is_exposed=True, evaluable_days=(), before=before, after=after, findings=lines
    )
    codes = {each.code for each in lines}
    return {
        "anti_hla_before": line.anti_hla_before,
        "anti_hla_after": line.anti_hla_after,
        "preformed_dsa": line.preformed_dsa,
        "de_novo_dsa": line.de_novo_dsa,
        "above_threshold": line.above_threshold,
        "indeterminate": line.indeterminate,
        "baseline_evaluable": bool(codes - WITHOUT_BASELINE),
        "followup_evaluable": bool(codes - WITHOUT_FOLLOWUP),
        "peak_mfi": number_or_none(line.peak_mfi),
    }


def _calls(
    people: People, pk: int, results: list[Row], specimens: Mapping[int, Row], plan: AntibodyPlan
) -> tuple[list[Call], list[Call]]:
    """What every specificity was in the valid sera before the first infusion, and in those after it."""
    first = min(people.given[pk], key=lambda row: row["started_at"])
    sera = (
        Serum(
            *span_of(specimen["collected_at"], specimen["collected_precision"]),
            **{name: row[name] for name in MEASURED},
        )
        for row in results
        if (specimen := specimens.get(row["specimen_id"]))
    )
    return calls_around(sera, Anchor(*span_of(first["started_at"], first["start_precision"])), plan)


def dsa_finding_rows(people: People) -> list[FrameRow]:
    """The frame `dsa_findings` (sealed): the targets of the reference donor, of everybody treated."""
    if not people.letters:
        return []
    return [
        {
            "participant": people.code(row["participant_id"]),
            "specificity": row["specificity"],
            "hla_class": row["hla_class"],
            "classification": row["classification"],
            **{name: number_or_none(row[name]) for name in ("baseline_mfi", "last_mfi", "peak_mfi")},
            "above_threshold": row["above_threshold"],
        }
        for row in people.records["dsa_findings"]
        if row["is_reference"] and row["participant_id"] in people.given
    ]


def _by_participant(rows: Iterable[Row]) -> dict[int, list[Row]]:
    grouped: dict[int, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row["participant_id"], []).append(row)
    return grouped
