"""Time to the first adverse event, serious one, and one of grade 3 or more, with death as the competing event."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from biostatistics.competing_risks import aalen_johansen
from biostatistics.proportions import CONFIDENCE_LEVEL
from reports.frames import Frames
from reports.tables.curves import OF_SMALL_ARMS, PROBABILITY, Drawn, add_curves, drawn_per_column, pairs_at
from reports.tables.differences import SMALL_ARM_NOTE, name_differences, probability_row
from reports.tables.follow_up import (
    NO_CUTOFF,
    FirstEvents,
    dated_events,
    first_events,
    follow_up,
    landmark_days,
)
from reports.tables.kinds import kinds_of_event
from reports.tables.layout import Table
from reports.tables.plan import TablePlan
from reports.tables.population import Population, population_of

METHOD = "aalen_johansen_log_log"
NOTES = (
    (
        "Probability of having had the event by the day (Aalen–Johansen): who died before it is not taken as if the "
        "event could still come. Limits on the log(−log) scale; differences by squaring and adding the limits of both "
        "arms, p by the standard errors. No figure is adjusted for multiplicity."
    ),
    (
        f"{OF_SMALL_ARMS} Differences square and add these limits; p is the largest of Fisher's exact test over the same "
        f"courses. {SMALL_ARM_NOTE}"
    ),
    "A participant counts once in each kind. An event on the day of death comes before it.",
)


def time_to_first_event(frames: Frames, plan: TablePlan) -> dict[str, Any]:
    """Per kind of event and column the cumulative incidence as a curve and at the last days of the windows."""
    population = population_of(frames, plan)
    table = Table("time_to_first_event", "Time to the first event", "treated")
    followed = follow_up(frames, population, plan)
    if followed is None:
        table.notes.append(NO_CUTOFF)
        return table.as_dict()
    events = dated_events(frames, population, followed, plan)
    days = landmark_days(plan, followed)
    for kind in kinds_of_event(frames.adverse_events, plan):
        measure = f"first_{kind.id}"
        table.measures[measure] = f"First {kind.label}"
        found = first_events(followed, events, kind.rows)
        curves = _curves(found, population)
        add_curves(table, measure, curves, days=days, unit=PROBABILITY, method=METHOD)
        table.rows += _differences(table.measures[measure], curves, population, days)
        table.note_if(
            found.not_evaluable,
            f"{table.measures[measure]}: {{n}} participants had one on a day that is not known and are in no curve.",
        )
    if table.rows:
        name_differences(table, "Difference, percentage points")
    table.notes += [*NOTES, *events.notes, *followed.notes]
    return table.as_dict()


def _curves(found: FirstEvents, population: Population) -> tuple[Drawn, ...]:
    return drawn_per_column(
        population,
        found.positions,
        found.times,
        found.has_event | found.died_before,
        lambda chosen: aalen_johansen(
            found.times[chosen], found.has_event[chosen], found.died_before[chosen], level=CONFIDENCE_LEVEL
        ),
    )


def _differences(
    label: str, curves: tuple[Drawn, ...], population: Population, days: tuple[int, ...]
) -> Iterator[dict[str, Any]]:
    for day, drawn, base in pairs_at(curves, population, days):
        yield probability_row(f"{label}, day {day}", day, drawn, base)
