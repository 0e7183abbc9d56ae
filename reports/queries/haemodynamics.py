"""The rows of the frames of haemodynamic criteria and findings per infusion."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace

from haemodynamics.choices import FindingState, RateUnit, Vasopressor
from haemodynamics.rules import (
    ObservedInfusion,
    Reading,
    RunningVasopressor,
    Status,
    evaluate_plan,
    known_until,
    rate_of,
    statuses_of_infusion,
    weights_of,
)
from haemodynamics.rules.rows import reading_of
from reports.frames.writing import Row, moment_text
from reports.queries.people import FrameRow, People, number_or_none
from reports.queries.spans import death_of
from trials.choices import TimePrecision
from trials.rules.protocol import HaemodynamicPlan

SECONDS_PER_HOUR = 3600
SECONDS_PER_MINUTE = 60
MINUTES_PER_HOUR = 60
SHOWN = ("heart_rate_bpm", "map_mmhg", "spo2_percent")
DECISIONS: Mapping[str, str] = {
    FindingState.CANDIDATE: "OPEN",
    FindingState.CONFIRMED: "CONFIRMED",
    FindingState.REFUTED: "REFUTED",
}
"""A finding that the corrected readings no longer show (withdrawn) is none."""


def evaluation_rows(people: People, plan: HaemodynamicPlan | None) -> Iterable[FrameRow]:
    """The frame `haemodynamic_evaluations`: every criterion over the window of every infusion given."""
    if plan is None:
        return []
    readings = _readings(people)
    return (
        row
        for pk, infusions in people.given.items()
        for infusion in infusions
        for row in _evaluations(people, plan, infusion, readings.get(pk, []))
    )


def _evaluations(
    people: People, plan: HaemodynamicPlan, infusion: Row, readings: list[Reading]
) -> Iterator[FrameRow]:
    person = people.by_id[infusion["participant_id"]]
    observed = _observed(people, infusion, person)
    for criterion, status in statuses_of_infusion(readings, observed, plan, person["weight_kg"]):
        yield {
            "participant": person["code"],
            "infusion_number": infusion["number"],
            "criterion": criterion,
            "result": str(status),
            "rule_set": plan.rule_set,
        }


def _observed(people: People, infusion: Row, person: Row) -> ObservedInfusion:
    died_earliest, died_latest = _death(people, person)
    return ObservedInfusion(
        started_at=infusion["started_at"],
        is_exact=infusion["start_precision"] == TimePrecision.MINUTE,
        ended_at=infusion["ended_at"] if infusion["end_precision"] == TimePrecision.MINUTE else None,
        observed_until=_observed_until(people, person),
        died_earliest=died_earliest,
        died_latest=died_latest,
    )


def _death(people: People, person: Row) -> tuple[datetime | None, datetime | None]:
    """The span of the participant's death.

    Without any date, from the last time known to be alive to the cut-off.
    """
    death = death_of(people, person["id"])
    return (None, None) if death is None else (death.earliest, death.latest)


def _observed_until(people: People, person: Row) -> datetime:
    """The cut-off, or the end of the day of withdrawal before it."""
    return known_until(people.records.cutoff, withdrawn=person["withdrawn_date"], zone=people.records.zone)


def _readings(people: People) -> dict[int, list[Reading]]:
    rates: dict[int, list[RunningVasopressor]] = {}
    for row in people.records["vasopressor_rates"]:
        rate = RunningVasopressor(row["agent"], row["rate"], row["unit"], row["salt"])
        rates.setdefault(row["reading_id"], []).append(rate)
    readings: dict[int, list[Reading]] = {}
    for row in people.records["haemodynamic_readings"]:
        readings.setdefault(row["participant_id"], []).append(
            reading_of(SimpleNamespace(**row), rates.get(row["id"], ()))
        )
    return readings


def reading_rows(people: People, plan: HaemodynamicPlan | None) -> Iterable[FrameRow]:
    """The frame `haemodynamic_readings`: from the first planned check of an infusion to the last watched hour."""
    if plan is None:
        return []
    readings = _readings(people)
    return (
        row
        for pk, infusions in people.given.items()
        for infusion in infusions
        if infusion["start_precision"] == TimePrecision.MINUTE
        for row in _course(people, plan, infusion, readings.get(pk, []))
    )


def _course(
    people: People, plan: HaemodynamicPlan, infusion: Row, readings: list[Reading]
) -> Iterator[FrameRow]:
    person = people.by_id[infusion["participant_id"]]
    begins = min((check.minutes - check.tolerance_minutes for check in plan.checks), default=0)
    ends = _last_minute(plan)
    weights = weights_of(person["weight_kg"], plan)
    for reading in sorted(readings, key=lambda one: one.at):
        minutes = (reading.at - infusion["started_at"]).total_seconds() / SECONDS_PER_MINUTE
        if reading.is_exact and begins <= minutes <= ends:
            yield {
                "participant": person["code"],
                "infusion_number": infusion["number"],
                "minutes": round(minutes, 1),
                **{name: number_or_none(getattr(reading, name)) for name in SHOWN},
                **_norepinephrine(reading, weights),
            }


def _last_minute(plan: HaemodynamicPlan) -> float:
    """The end of the late window, of the longest criterion or of the last check with its tolerance."""
    hours = [plan.late_window_hours, *(criterion.window_hours for criterion in plan.criteria)]
    checks = [check.minutes + check.tolerance_minutes for check in plan.checks]
    return max([float(max(hours)) * MINUTES_PER_HOUR, *checks])


def _norepinephrine(reading: Reading, weights: Sequence[Decimal]) -> FrameRow:
    """Base, ug/min: 0 when the pumps were checked and none ran; None when it is not known.

    A recorded rate that is not known in this unit (salt, weight) is given beside it as recorded.
    """
    agent, unit = Vasopressor.NOREPINEPHRINE.value, RateUnit.UG_MIN.value
    lines = [line for line in reading.vasopressors or () if line.agent == agent]
    rate = None
    if reading.vasopressors is not None:
        rate = rate_of(reading.vasopressors, agent=agent, to_unit=unit, weights=weights).value
    charted = ", ".join(f"{line.rate.normalize():f} {line.unit}, salt {line.salt}" for line in lines)
    return {
        "norepinephrine_ug_min": None if rate is None else round(float(rate), 2),
        "norepinephrine_charted": charted if charted and rate is None else None,
    }


@dataclass(frozen=True)
class Raised:
    """A finding at the cut-off: when its criterion was first met, and its state."""

    infusion_id: int
    criterion: str
    first_hit_at: datetime
    state: str
    recorded_at: datetime


def finding_rows(people: People, plan: HaemodynamicPlan | None) -> list[FrameRow]:
    """The frame `haemodynamic_findings`."""
    rows = []
    for found in _raised(people, plan):
        infusion = people.infusion_by_id.get(found.infusion_id)
        if infusion is not None and found.state in DECISIONS:
            hours = (found.first_hit_at - infusion["started_at"]).total_seconds() / SECONDS_PER_HOUR
            rows.append(
                {
                    "participant": people.code(infusion["participant_id"]),
                    "infusion_number": infusion["number"],
                    "criterion": found.criterion,
                    "hours_after_infusion": round(hours, 2),
                    "decision": DECISIONS[found.state],
                    "recorded_at": moment_text(found.recorded_at),
                }
            )
    return rows


def _raised(people: People, plan: HaemodynamicPlan | None) -> Iterator[Raised]:
    """The findings as stored at the cut-off; for participants with corrections they are evaluated again."""
    again = frozenset() if plan is None else _with_corrected_course(people)
    stored = {}
    for row in people.records["haemodynamic_findings"]:
        found = Raised(
            row["infusion_id"], row["criterion"], row["first_hit_at"], row["state"], row["recorded_at"]
        )
        stored[found.infusion_id, found.criterion] = found
        if row["participant_id"] not in again:
            yield found
    if plan is not None and again:
        yield from _found_again(people, plan, again, stored)


def _with_corrected_course(people: People) -> frozenset[int]:
    """Participants with a correction of an input of a haemodynamic criterion."""
    records = people.records
    owners = {row["id"]: row["participant_id"] for row in records["haemodynamic_readings"]}
    rates = (owners.get(row["reading_id"]) for row in records.corrected_rows("vasopressor_rates"))
    rows = (*records.corrected_rows("haemodynamic_readings"), *records.corrected_rows("infusions"))
    found = {*rates, *(row["participant_id"] for row in rows)}
    found |= {row["id"] for row in records.corrected_rows("participants")}
    return frozenset(pk for pk in found if pk is not None)


def _found_again(
    people: People,
    plan: HaemodynamicPlan,
    participants: frozenset[int],
    stored: Mapping[tuple[int, str], Raised],
) -> Iterator[Raised]:
    """A decision is valid while the criterion is first met at the same time.

    Otherwise the finding is open again.
    """
    readings = _readings(people)
    for pk in participants & people.given.keys():
        person = people.by_id[pk]
        for infusion in people.given[pk]:
            observed = _observed(people, infusion, person)
            for result in evaluate_plan(readings.get(pk, []), observed, plan, person["weight_kg"]):
                if result.status is not Status.HIT or result.first_hit_at is None:
                    continue
                known = stored.get((infusion["id"], result.criterion))
                if known is not None and known.first_hit_at == result.first_hit_at:
                    yield known
                    continue
                recorded = people.records.cutoff if known is None else known.recorded_at
                yield Raised(
                    infusion["id"], result.criterion, result.first_hit_at, FindingState.CANDIDATE, recorded
                )
