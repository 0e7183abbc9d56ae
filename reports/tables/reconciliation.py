"""Missing and contradictory data, unchanged, for checking before conclusions are drawn."""

from __future__ import annotations

from typing import Any

import numpy as np

from reports.frames import Frames
from reports.tables.layout import Table, measure_key
from reports.tables.listing import fill
from reports.tables.plan import TablePlan
from reports.tables.population import Population, flags, known, population_of

OF_FILES = (
    "not_used",
    "no_data_set",
    "end_not_proved",
    "antibodies_read",
    "term_shortened",
    "episode",
    "uncoded",
)
"""Rules of remarks on delivered files, which are no contradictions."""
REQUIRED = {
    "soc": "class",
    "term": "term",
    "grade": "grade",
    "severity": "severity",
    "serious": "seriousness",
    "causality": "cause",
    "outcome": "outcome",
    "onset_text": "onset",
}


def reconciliation(frames: Frames, plan: TablePlan) -> dict[str, Any]:
    """Contradictions by rule and in a listing, and the number of adverse events without each answer.

    Contradictions have no arm: their counts are in the total column. Grades are not missing where the protocol's
    dictionary has none.
    """
    population = population_of(frames, plan)
    table = Table("reconciliation", "Missing and contradictory data", "all participants")
    _mismatches(table, frames)
    _missing(table, frames, population, plan)
    return table.as_dict()


def _mismatches(table: Table, frames: Frames) -> None:
    table.measures["mismatches"] = "Contradictions between records"
    table.measures["contradictions"] = "Contradictions between records, all rules"
    of_files = frames.mismatches["rule"].isin(OF_FILES)
    totals = {"contradictions": int((~of_files).sum())}
    if of_files.any():
        table.measures["remarks_on_files"] = (
            "Parts of the delivered files that were not used, or need a second look"
        )
        totals["remarks_on_files"] = int(of_files.sum())
    for measure, count in totals.items():
        every = {**measure_key(measure), "arm": "total"}
        table.cells.append({**every, "count": count, "denominator": None, "percent": None})
    counts = frames.mismatches["rule"].value_counts().sort_index()
    for rule, count in counts.items():
        key = {**measure_key("mismatches", level=str(rule)), "arm": "total"}
        table.cells.append({**key, "count": int(count), "denominator": None, "percent": None})
    table.listing(rule="Rule", participant="Participant", record="Record", message="What contradicts what")
    lines = frames.mismatches.sort_values(["rule", "participant", "record", "message"], kind="stable")
    fill(table, lines)
    if frames.mismatches.empty:
        table.notes.append("No contradiction between records is known.")


def _missing(table: Table, frames: Frames, population: Population, plan: TablePlan) -> None:
    events = frames.adverse_events
    arms = population.arm_index[population.positions(events)]
    every = population.count_at(arms)
    for column, word in REQUIRED.items():
        if column == "grade" and not plan.protocol.dictionary.is_graded:
            continue
        measure = f"adverse_events_without_{word}"
        table.measures[measure] = f"Adverse events without {word}"
        without = population.count_at(arms[~known(events[column])])
        table.count(measure_key(measure), without, every, population)
    serious = flags(events["serious"])
    unsigned = serious & ~flags(events["signed"])
    table.measures["serious_events_unsigned"] = "Serious adverse events not signed by an investigator"
    table.count(
        measure_key("serious_events_unsigned"),
        population.count_at(arms[unsigned]), population.count_at(arms[serious]), population,
    )  # fmt: skip
    _missing_of_participants(table, frames, population)


def _missing_of_participants(table: Table, frames: Frames, population: Population) -> None:
    enrolled = population.count(population.enrolled)
    undated = population.enrolled & ~known(frames.participants["day0"])
    table.measures["enrolled_without_day0"] = "Enrolled participants without a day of randomisation"
    table.count(measure_key("enrolled_without_day0"), population.count(undated), enrolled, population)
    not_enrolled = population.treated & ~population.enrolled
    table.note_if(int(np.sum(not_enrolled)), "{n} treated participants are not recorded as enrolled.")
