"""Records since the cut-off of the last look."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import numpy as np
import pandas as pd

from reports.frames import Frames
from reports.tables.layout import Cell, Table, measure_key
from reports.tables.listing import listed
from reports.tables.plan import TablePlan
from reports.tables.population import Flags, Population, flags, known, population_of

MEASURES = {
    "new_enrolled": "Newly enrolled",
    "new_treated": "Newly treated",
    "new_adverse_events": "Newly recorded adverse events",
    "new_serious_adverse_events": "Newly recorded serious adverse events",
    "new_deaths": "Newly recorded deaths",
    "new_findings": "New haemodynamic findings",
}

MOST_LINES = 100


def new_since_last_look(frames: Frames, plan: TablePlan) -> dict[str, Any]:
    """Counts of new and of all records, and the new serious events and deaths by name.

    For the first report everything is new. Events and deaths are new by when they were recorded, enrolments and first
    infusions by when they happened; a record without its time of recording is not new.
    """
    population = population_of(frames, plan)
    table = Table(
        "new_since_last_look", "New since the last look", "all participants", measures=dict(MEASURES)
    )
    people, events = frames.participants, frames.adverse_events
    _people(table, "new_enrolled", population.enrolled, _since(people["enrolled_at"], plan), population)
    _people(table, "new_treated", population.treated, _since(people["first_infusion_at"], plan), population)
    new_events = _records(table, "new_adverse_events", events, population, plan)
    serious = events[["participant", "recorded_at"]][flags(events["serious"])]
    _records(table, "new_serious_adverse_events", serious, population, plan)
    new_deaths = _records(table, "new_deaths", frames.deaths, population, plan)
    _records(table, "new_findings", frames.haemodynamic_findings, population, plan)
    newcomers = (
        population.enrolled & _since(people["enrolled_at"], plan) & (plan.previous_cutoff_at is not None)
    )
    _lines(table, frames, new_deaths, new_events & flags(events["serious"]), newcomers)
    _notes(table, plan)
    return table.as_dict()


def _since(moments: pd.Series, plan: TablePlan) -> Flags:
    if plan.previous_cutoff_at is None:
        return np.ones(len(moments), dtype=bool)
    return (moments > pd.Timestamp(plan.previous_cutoff_at)).to_numpy(dtype=bool, na_value=False)


def _people(table: Table, measure: str, chosen: Flags, is_new: Flags, population: Population) -> None:
    table.count(measure_key(measure), population.count(chosen & is_new), population.count(chosen), population)


def _records(
    table: Table, measure: str, frame: pd.DataFrame, population: Population, plan: TablePlan
) -> Flags:
    is_new = _since(frame["recorded_at"], plan)
    arms = population.arm_index[population.positions(frame)]
    table.count(
        measure_key(measure), population.count_at(arms[is_new]), population.count_at(arms), population
    )
    unknown = int((~known(frame["recorded_at"])).sum()) if plan.previous_cutoff_at else 0
    table.note_if(
        unknown, MEASURES[measure] + ": {n} records without their time of recording are not counted as new."
    )
    return is_new


def _first(frame: pd.DataFrame, chosen: Flags, what: str, term: str = "", day: str = "") -> list[Cell]:
    """The first lines of a kind, by codes and days."""
    columns = ["participant", *filter(None, (term, day))]
    shown = frame[columns].iloc[np.flatnonzero(chosen)[:MOST_LINES]]
    lines = [
        {"participant": row["participant"], "what": what, "term": row.get(term), "study_day": row.get(day)}
        for row in listed(shown, columns)
    ]
    return sorted(lines, key=_place)


def _lines(table: Table, frames: Frames, deaths: Flags, serious: Flags, newcomers: Flags) -> None:
    """Deaths, then serious events, then participants; of many lines the first, with a note about the rest."""
    table.listing(participant="Participant", what="What", term="Term or cause", study_day="#Study day")
    lines = [
        *_first(frames.deaths, deaths, "death", "cause", "study_day"),
        *_first(frames.adverse_events, serious, "serious adverse event", "term", "onset_latest_day"),
        *_first(frames.participants, newcomers, "enrolled"),
    ]
    table.rows = lines[:MOST_LINES]
    table.note_if(
        int(deaths.sum() + serious.sum() + newcomers.sum()) - len(table.rows),
        "{n} more lines are left out here; the listing of serious events and the JSON document's counts hold them.",
    )


def _place(row: Cell) -> tuple[str, int]:
    return str(row["participant"]), row["study_day"] if row["study_day"] is not None else -1


def _notes(table: Table, plan: TablePlan) -> None:
    if plan.previous_cutoff_at is None:
        table.notes.append("This is the first report: everything in it is new.")
    else:
        look = "" if plan.previous_look is None else f" (look at {plan.previous_look} enrolled)"
        table.notes.append(
            f"Since the last data cut-off{look}, {plan.previous_cutoff_at.astimezone(UTC):%d %b %Y, %H:%M} UTC."
        )
