"""Haemodynamic criteria and findings per infusion, as the report's frames want them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, time, timedelta
from decimal import Decimal

from dsmb.frames.held import Row, moment_text
from dsmb.queries.people import FrameRow, People, number_or_none
from dsmb.queries.spans import death_of
from events.choices import FindingState, RateUnit, Vasopressor
from events.rules.haemodynamics import (
    MEASUREMENTS,
    SIGNS,
    ObservedInfusion,
    Reading,
    VasopressorRate,
    convert_rate,
    statuses_of_infusion,
)
from trials.choices import TimePrecision
from trials.rules.dates import zone_of
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
    """The span in which the participant died; without any date, from when they were last alive to the cut-off."""
    death = death_of(people, person["id"])
    return (None, None) if death is None else (death.earliest, death.latest)


def _observed_until(people: People, person: Row) -> datetime:
    """The cut-off, or the end of the day of withdrawal before it."""
    withdrew = person["withdrawn_date"]
    if withdrew is None:
        return people.records.cutoff
    midnight = datetime.combine(withdrew + timedelta(days=1), time(), zone_of(people.records.zone))
    return min(people.records.cutoff, midnight)


def _readings(people: People) -> dict[int, list[Reading]]:
    rates: dict[int, list[VasopressorRate]] = {}
    for row in people.records["vasopressor_rates"]:
        rate = VasopressorRate(row["agent"], row["rate"], row["unit"], row["salt"])
        rates.setdefault(row["reading_id"], []).append(rate)
    readings: dict[int, list[Reading]] = {}
    for row in people.records["haemodynamic_readings"]:
        readings.setdefault(row["participant_id"], []).append(_reading(row, tuple(rates.get(row["id"], ()))))
    return readings


def _reading(row: Row, rates: tuple[VasopressorRate, ...]) -> Reading:
    measured = {name: None if row[name] is None else Decimal(row[name]) for name in MEASUREMENTS}
    return Reading(
        at=row["taken_at"],
        is_exact=row["taken_precision"] == TimePrecision.MINUTE,
        respiratory_support=row["respiratory_support"] or None,
        signs_seen=frozenset(sign for sign in SIGNS if row[sign] is True),
        signs_excluded=frozenset(sign for sign in SIGNS if row[sign] is False),
        vasopressors=rates if rates or row["vasopressors_checked"] else None,
        **measured,
    )


def reading_rows(people: People, plan: HaemodynamicPlan | None) -> Iterable[FrameRow]:
    """The frame `haemodynamic_readings`: from the first planned check of an infusion to the end of its late window."""
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
    for reading in sorted(readings, key=lambda one: one.at):
        minutes = (reading.at - infusion["started_at"]).total_seconds() / SECONDS_PER_MINUTE
        if reading.is_exact and begins <= minutes <= float(plan.late_window_hours) * MINUTES_PER_HOUR:
            yield {
                "participant": person["code"],
                "infusion_number": infusion["number"],
                "minutes": round(minutes, 1),
                **{name: number_or_none(getattr(reading, name)) for name in SHOWN},
                "norepinephrine_ug_min": _norepinephrine(reading, person["weight_kg"]),
            }


def _norepinephrine(reading: Reading, weight_kg: Decimal | None) -> float | None:
    """Base, ug/min; 0 when the pumps were looked at and none ran; None when unknown or not to be converted."""
    if reading.vasopressors is None:
        return None
    lines = [line for line in reading.vasopressors if line.agent == Vasopressor.NOREPINEPHRINE]
    measured = [convert_rate(line, to_unit=RateUnit.UG_MIN, weight_kg=weight_kg).value for line in lines]
    if any(value is None for value in measured):
        return None
    return round(float(sum(value for value in measured if value is not None)), 2)


def finding_rows(people: People) -> list[FrameRow]:
    """The frame `haemodynamic_findings`."""
    rows = []
    for row in people.records["haemodynamic_findings"]:
        infusion = people.infusion_by_id.get(row["infusion_id"])
        if infusion is not None and row["state"] in DECISIONS:
            hours = (row["first_hit_at"] - infusion["started_at"]).total_seconds() / SECONDS_PER_HOUR
            rows.append(
                {
                    "participant": people.code(row["participant_id"]),
                    "infusion_number": infusion["number"],
                    "criterion": row["criterion"],
                    "hours_after_infusion": round(hours, 2),
                    "decision": DECISIONS[row["state"]],
                    "recorded_at": moment_text(row["recorded_at"]),
                }
            )
    return rows
