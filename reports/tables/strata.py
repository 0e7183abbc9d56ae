"""Adverse events and deaths within the strata of the randomisation: one row per level, arms side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from reports.frames import Frames
from reports.tables.event_windows import windowed_events
from reports.tables.layout import Table, measure_key
from reports.tables.plan import TablePlan
from reports.tables.population import Flags, Population, flags, population_of
from trials.rules.protocol import Stratum

NOT_RECORDED = "MISSING"
QUESTIONS = {
    "with_ae": "participants with an adverse event, in any window",
    "with_sae": "participants with a serious adverse event, in any window",
    "died": "participants who died",
}


def ae_by_stratum(frames: Frames, plan: TablePlan) -> dict[str, Any]:
    """Per stratum and level: treated participants with an event, a serious event, and those who died."""
    population = population_of(frames, plan)
    table = Table("ae_by_stratum", "Adverse events and deaths by stratum", "treated")
    affected = _affected(frames, plan, population)
    for stratum in plan.protocol.strata:
        levels = _levels(frames, stratum, population)
        table.levels |= {f"{stratum.code}:{level.code}": level.label for level in stratum.levels}
        for question, chosen in affected.items():
            _fill(table, stratum, question, levels, chosen, population)
    if plan.protocol.strata:
        table.notes.append(
            "Strata are those of the randomisation; groups are small, nothing is adjusted for multiplicity, and "
            "a difference "
            "between levels is not tested."
        )
    else:
        table.notes.append("The protocol has no strata.")
    return table.as_dict()


def _affected(frames: Frames, plan: TablePlan, population: Population) -> Mapping[str, Flags]:
    events = windowed_events(frames, population, plan.protocol.event_windows)
    inside, serious = events.anywhere, flags(frames.adverse_events["serious"])
    died = flags(frames.participants["died"]) | population.seen(population.positions(frames.deaths))
    return {
        "with_ae": population.seen(events.positions[inside]),
        "with_sae": population.seen(events.positions[inside & serious]),
        "died": died,
    }


def _levels(frames: Frames, stratum: Stratum, population: Population) -> np.ndarray:
    """The level of each participant in the stratum; None when not recorded."""
    rows = frames.participant_strata[(frames.participant_strata["stratum"] == stratum.code).to_numpy()]
    levels = np.full(len(population.participants), None, dtype=object)
    levels[population.positions(rows)] = rows["level"].astype("object").to_numpy()
    return levels


def _fill(
    table: Table, stratum: Stratum, question: str, levels: np.ndarray, chosen: Flags, population: Population
) -> None:
    measure = f"{stratum.code}_{question}"
    table.measures[measure] = f"{stratum.label}: {QUESTIONS[question]}"
    known = [level.code for level in stratum.levels]
    for code in known:
        inside = (levels == code) & population.treated
        counts, below = population.count(chosen & inside), population.count(inside)
        table.compare(measure_key(measure, level=f"{stratum.code}:{code}"), counts, below, population)
    rest = population.treated & ~np.isin(levels.astype(str), known)
    if rest.any():
        key = measure_key(measure, level=NOT_RECORDED)
        table.count(key, population.count(chosen & rest), population.count(rest), population)
