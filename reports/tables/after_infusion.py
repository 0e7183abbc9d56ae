"""Adverse events in the hours after an infusion.

In the closed report also by whether antibodies against the donor existed before the cells.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from reports.frames import Frames
from reports.tables.layout import Table, measure_key
from reports.tables.plan import TablePlan
from reports.tables.population import Flags, Population, flags, known, population_of

LEVELS = {
    "preformed": "Pre-formed DSA",
    "no_preformed": "No pre-formed DSA",
    "preformed_unknown": "Pre-formed DSA not evaluable or indeterminate",
}


def events_after_infusion(frames: Frames, plan: TablePlan) -> dict[str, Any]:
    """Treated participants with an event within the protocol's late window of an infusion; each counts once."""
    population = population_of(frames, plan)
    table = Table("events_after_infusion", "Adverse events soon after an infusion", "treated")
    checks = plan.protocol.haemodynamics
    if checks is None:
        table.notes.append("The protocol names no hours after an infusion.")
        return table.as_dict()
    hours = float(checks.late_window_hours)
    table.measures = {
        "participants_with_ae_after_infusion": f"Participants with an adverse event within {hours:g} h of an infusion",
        "participants_with_sae_after_infusion": f"Participants with a serious adverse event within {hours:g} h "
        "of an infusion",
    }
    table.levels = dict(LEVELS)
    affected = _affected(frames, population, hours)
    for measure, who in affected.items():
        _fill(table, measure, who, frames, population, plan)
    _notes(table, frames, population)
    return table.as_dict()


def _affected(frames: Frames, population: Population, hours: float) -> Mapping[str, Flags]:
    events = frames.adverse_events
    delay = events["hours_after_infusion"].to_numpy(dtype=float)
    soon = (delay >= 0) & (delay <= hours)
    positions = population.positions(events)
    return {
        "participants_with_ae_after_infusion": population.seen(positions[soon]),
        "participants_with_sae_after_infusion": population.seen(positions[soon & flags(events["serious"])]),
    }


def _fill(
    table: Table, measure: str, who: Flags, frames: Frames, population: Population, plan: TablePlan
) -> None:
    treated = population.treated
    table.compare(
        measure_key(measure), population.count(who & treated), population.count(treated), population
    )
    if plan.is_open:
        return
    for level, group in _groups(frames, population).items():
        counts, below = population.count(who & treated & group), population.count(treated & group)
        table.compare(measure_key(measure, level=level), counts, below, population)


def _groups(frames: Frames, population: Population) -> Mapping[str, Flags]:
    positions = population.positions(frames.antibodies)
    answers = frames.antibodies["preformed_dsa"]
    yes = population.seen(positions[flags(answers)])
    no = population.seen(positions[known(answers) & ~flags(answers)])
    return {"preformed": yes, "no_preformed": no, "preformed_unknown": ~(yes | no)}


def _notes(table: Table, frames: Frames, population: Population) -> None:
    table.notes.append(
        "Counted from the last infusion that began before the event, whichever was named. Both ends of the window are "
        "included; an event before the first infusion is never counted."
    )
    table.note_if(
        int(_of_unknown_hours(frames, population).sum()),
        "For {n} adverse events that may have followed an infusion the hours are not known to the minute; they are not "
        "counted here.",
    )


def _of_unknown_hours(frames: Frames, population: Population) -> Flags:
    """Events of infused participants that are possibly after the first infusion, and have no hours."""
    events = frames.adverse_events
    first = frames.participants["first_infusion_at"].take(population.positions(events)).set_axis(events.index)
    may_follow = known(first) & ~flags(events["onset_latest_at"] < first)
    unknown: Flags = may_follow & np.isnan(events["hours_after_infusion"].to_numpy(dtype=float))
    return unknown
