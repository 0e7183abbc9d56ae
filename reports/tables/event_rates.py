"""Events per time: participants per time at risk, and events per time of follow-up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from biostatistics.event_rates import (
    EventRate,
    Incidence,
    Rate,
    event_rate,
    incidence,
    rate_difference,
    rate_ratio,
)
from biostatistics.proportions import Floats
from biostatistics.small_samples import TOO_FEW
from reports.frames import Frames
from reports.tables.differences import difference_row, name_differences, ratio_row
from reports.tables.follow_up import (
    NO_CUTOFF,
    DatedEvents,
    ParticipantFollowUp,
    dated_events,
    days_at_risk,
    first_events,
    follow_up,
    per_column,
)
from reports.tables.kinds import KindOfEvent, kinds_of_event
from reports.tables.layout import Cell, Table, measure_key
from reports.tables.plan import TablePlan
from reports.tables.population import Integers, Population, population_of

UNIT = "per 100 person-days"
DAYS = 100
NOTES = (
    (
        "Incidence: participants with at least one event per person-day until the first one or the end of follow-up. Rate: "
        "all events per person-day of follow-up. Participants and events are never added up or compared with each other."
    ),
    (
        "Exact Poisson limits; ratios of rates with exact conditional limits and p-values; differences by squaring and "
        f"adding the exact limits. A ratio without finite limits says “{TOO_FEW}”. Limits of events take them as "
        "independent, which events of one participant are not: read them as nominal. No figure is adjusted for multiplicity."
    ),
    (
        "Death ends the time at risk: an incidence rate is no probability where many die; the time to the first event says "
        "that."
    ),
)


def event_rates(frames: Frames, plan: TablePlan) -> dict[str, Any]:
    """Per kind of event and column the incidence and the rate, with person-days; ratios between arms."""
    population = population_of(frames, plan)
    table = Table("event_rates", f"Event rates over follow-up, {UNIT}", "treated")
    followed = follow_up(frames, population, plan)
    if followed is None:
        table.notes.append(NO_CUTOFF)
        return table.as_dict()
    events = dated_events(frames, population, followed, plan)
    least = plan.protocol.rate_comparisons.least_participants
    for kind in kinds_of_event(frames.adverse_events, plan):
        _add_incidence(table, kind, followed, events, population, least)
        _add_rate(table, kind, followed, events, population, least)
    rule = plan.protocol.rate_comparisons
    if table.rows:
        table.notes.append(
            f"Rates of arms with fewer than {rule.least_participants} treated participants are not compared ({rule.source})."
        )
        name_differences(table, f"Ratio, or difference {UNIT}")
    table.notes += [*NOTES, *events.notes, *followed.notes]
    return table.as_dict()


def _add_incidence(
    table: Table,
    kind: KindOfEvent,
    followed: ParticipantFollowUp,
    events: DatedEvents,
    population: Population,
    least: int,
) -> None:
    found = first_events(followed, events, kind.rows)
    arms = population.arm_index[found.positions]
    counts, size = population.count_at(arms[found.has_event]), len(population.arms) + 1
    days = per_column(days_at_risk(found.times), arms, size)
    measure = f"incidence_{kind.id}"
    table.measures[measure] = f"Participants with a first {kind.label}"
    rates = [incidence(int(x), float(t)) if t else None for x, t in zip(counts, days, strict=True)]
    _add(table, measure, counts=counts, days=days, rates=rates, population=population, least=least)


def _add_rate(
    table: Table,
    kind: KindOfEvent,
    followed: ParticipantFollowUp,
    events: DatedEvents,
    population: Population,
    least: int,
) -> None:
    """An event on an unknown day of follow-up counts, because a rate needs no day."""
    dated, undated = kind.rows[events.rows], kind.rows[events.undated]
    positions = np.concatenate([events.positions[dated], events.undated_positions[undated]])
    counts = population.count_at(population.arm_index[positions])
    days = followed.person_days(population.arm_index, len(population.arms) + 1)
    measure = f"rate_{kind.id}"
    table.measures[measure] = f"Events: {kind.label}s" if kind.id != "grade_3" else f"Events: {kind.label}"
    rates = [event_rate(int(x), float(t)) if t else None for x, t in zip(counts, days, strict=True)]
    _add(table, measure, counts=counts, days=days, rates=rates, population=population, least=least)


def _add(
    table: Table,
    measure: str,
    *,
    counts: Integers,
    days: Floats,
    rates: Sequence[Incidence | None] | Sequence[EventRate | None],
    population: Population,
    least: int,
) -> None:
    """A pair with an arm of fewer than `least` treated participants has its lines, and no figure in them."""
    key = measure_key(measure)
    treated = population.count(population.treated)
    table.cells += [
        {**key, "arm": column, **_cell(int(count), float(time), rate)}
        for column, count, time, rate in zip(population.columns, counts, days, rates, strict=True)
    ]
    for index, base in population.pairs:
        own, other = rates[index], rates[base]
        if own is not None and other is not None:
            arm, reference = population.arms[index], population.arms[base]
            if min(treated[index], treated[base]) < least:
                table.rows += _too_few(table.measures[measure], arm, reference)
            else:
                table.rows += _compared(table.measures[measure], arm, reference, own, other)


def _cell(count: int, days: float, rate: Rate | None) -> Cell:
    """A count over its person-days; without time at risk there is no rate."""
    return {
        "count": count,
        "denominator": None,
        "percent": None,
        "exposure": int(days) if days.is_integer() else days,
        "estimate": rate.rate if rate else None,
        "ci_low": rate.low if rate else None,
        "ci_high": rate.high if rate else None,
        "ci_method": "garwood",
        "unit": UNIT,
    }


def _too_few(what: str, arm: str, reference: str) -> list[Cell]:
    ratio = difference_row(f"{what}: ratio", arm, reference) | {"arms": f"{arm} / {reference}"}
    return [ratio, difference_row(f"{what}: difference", arm, reference)]


def _compared(what: str, arm: str, reference: str, own: Any, other: Any) -> list[Cell]:
    ratio, apart = rate_ratio(own, other), rate_difference(own, other)
    low, middle, high = (DAYS * value for value in (apart.low, apart.estimate, apart.high))
    difference = difference_row(
        f"{what}: difference", arm, reference, estimate=middle, ci_low=low, ci_high=high,
        ci_method="square_and_add_exact", p_value=apart.p_value, test="exact_conditional",
    )  # fmt: skip
    return [
        ratio_row(
            f"{what}: ratio",
            arm,
            reference,
            ratio=ratio.estimate,
            low=ratio.low,
            high=ratio.high,
            p_value=ratio.p_value,
        ),
        difference,
    ]
