"""The mean number of events of a participant by each study day; the dead have no further ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from biostatistics.proportions import Floats
from biostatistics.recurrent_events import mean_cumulative_function
from biostatistics.survival import Curve
from reports.frames import Frames
from reports.tables.curves import MEAN, Drawn, add_curves, drawn_per_column, pairs_at
from reports.tables.differences import SMALL_ARM_NOTE, mean_row, name_differences
from reports.tables.follow_up import (
    NO_CUTOFF,
    DatedEvents,
    ParticipantFollowUp,
    dated_events,
    follow_up,
    landmark_days,
)
from reports.tables.kinds import KindOfEvent, kinds_of_event
from reports.tables.layout import Table
from reports.tables.plan import TablePlan
from reports.tables.population import Flags, Integers, Population, population_of

METHOD = "ghosh_lin_log"
NOTES = (
    (
        "Mean number of events per participant by the day (Ghosh and Lin): the dead count in the mean and have no further "
        "event. Variance robust to events of one participant hanging together; limits on the log scale; differences with "
        "large-sample limits."
    ),
    f"A mean number has no limits in small arms: how many events one participant may have is not bounded. {SMALL_ARM_NOTE}",
    "Events, not participants: one participant may have many, and a mean hides who has them.",
)


def mean_cumulative_events(frames: Frames, plan: TablePlan) -> dict[str, Any]:
    """Per kind of event and column the mean number of events as a curve and at the last days of the windows."""
    population = population_of(frames, plan)
    table = Table("mean_cumulative_events", "Mean number of events over time", "treated")
    followed = follow_up(frames, population, plan)
    if followed is None:
        table.notes.append(NO_CUTOFF)
        return table.as_dict()
    events = dated_events(frames, population, followed, plan)
    days = landmark_days(plan, followed)
    for kind in kinds_of_event(frames.adverse_events, plan):
        measure = f"mean_{kind.id}"
        table.measures[measure] = f"Mean number: {kind.label}"
        curves = _curves(kind, followed, events, population)
        add_curves(table, measure, curves, days=days, unit=MEAN, method=METHOD)
        table.rows += _differences(table.measures[measure], curves, population, days)
    if table.rows:
        name_differences(table, "Difference, events per participant")
    table.notes += [*NOTES, *events.notes, *followed.notes]
    return table.as_dict()


def _curves(
    kind: KindOfEvent, followed: ParticipantFollowUp, events: DatedEvents, population: Population
) -> tuple[Drawn, ...]:
    known = np.flatnonzero(followed.is_known)
    ends, died = followed.end[known].astype(float), followed.has_died[known]
    who, when = _by_participant_and_day(events, kind.rows[events.rows])

    def curve_of(people: Flags) -> Curve:
        place = np.full(len(followed.end), -1)
        place[known[people]] = np.arange(int(people.sum()))
        own = place[who]
        inside = own >= 0
        return mean_cumulative_function(ends[people], died[people], own[inside], when[inside])

    return drawn_per_column(population, known, ends, died, curve_of)


def _by_participant_and_day(events: DatedEvents, chosen: Flags) -> tuple[Integers, Floats]:
    """Sorted once for all columns."""
    who, when = events.positions[chosen], events.days[chosen]
    order = np.argsort(who * (int(when.max(initial=0)) + 1) + when, kind="stable")
    return who[order], when[order].astype(float)


def _differences(
    label: str, curves: tuple[Drawn, ...], population: Population, days: tuple[int, ...]
) -> Iterator[dict[str, Any]]:
    for day, drawn, base in pairs_at(curves, population, days):
        yield mean_row(f"{label}, day {day}", day, drawn, base)
