"""The condition of the participants on the baseline day of the outcomes: SOFA, oxygenation, support, vasopressor."""

from __future__ import annotations

import numpy as np
import pandas as pd

from reports.frames import Frames
from reports.tables.layout import NO_DENOMINATOR, Table, cells_of, measure_key, summary_cells
from reports.tables.plan import TablePlan
from reports.tables.population import Flags, Population

MISSING = "MISSING"
MEASURED = {"sofa_total": "SOFA total, points", "pf_ratio": "PaO2/FiO2, mmHg", "peep_cmh2o": "PEEP, cmH2O"}
SUPPORT = {
    "invasive": "Invasive ventilation",
    "non_invasive": "Non-invasive ventilation",
    "high_flow": "High-flow nasal oxygen",
    "oxygen": "Oxygen by mask or cannula",
    "none": "Room air, no support",
}
YES_NO = {"yes": "Yes", "no": "No"}


def add_condition(table: Table, frames: Frames, plan: TablePlan, population: Population) -> None:
    """Rows of the baseline day, of the enrolled.

    None when the protocol has no outcome plan or nothing is recorded.
    """
    results = plan.protocol.outcomes
    if results is None or frames.daily_assessments.empty:
        return
    day = results.analysis.baseline_day
    rows = frames.daily_assessments[(frames.daily_assessments["study_day"] == day).to_numpy(dtype=bool)]
    chosen = population.enrolled
    for name, label in MEASURED.items():
        measure = f"baseline_{name}"
        table.measures[measure] = f"{label}, day {day}"
        found = _aligned(rows, name, population).astype(float)
        table.cells += summary_cells(
            measure_key(measure), found[chosen], population.arm_index[chosen], population
        )
    support = _aligned(rows, "ventilation", population)
    _levels(
        table,
        "baseline_ventilation",
        f"Support, day {day}",
        found=support,
        words=SUPPORT,
        chosen=chosen,
        population=population,
    )
    answers = rows.assign(vasopressor=rows["vasopressor"].map({True: "yes", False: "no"}))
    vasopressor = _aligned(answers, "vasopressor", population)
    _levels(
        table,
        "baseline_vasopressor",
        f"Vasopressor, day {day}",
        found=vasopressor,
        words=YES_NO,
        chosen=chosen,
        population=population,
    )


def _aligned(rows: pd.DataFrame, name: str, population: Population) -> np.ndarray:
    """The value of each participant, None where there is none."""
    found = np.full(len(population.participants), None, dtype=object)
    values = rows[name].astype("object")
    found[population.positions(rows)] = values.where(values.notna(), None).to_numpy()
    return found


def _levels(
    table: Table,
    measure: str,
    label: str,
    *,
    found: np.ndarray,
    words: dict[str, str],
    chosen: Flags,
    population: Population,
) -> None:
    """Counts over those with a recorded value, then the number without one."""
    table.measures[measure] = label
    table.levels |= words
    names = (*words, MISSING)
    codes = np.array([names.index(MISSING if one is None else str(one)) for one in found[chosen]], dtype=int)
    counts = population.count_by(codes, population.arm_index[chosen], group_count=len(names))
    recorded = counts[:-1].sum(axis=0)
    below = np.vstack([np.tile(recorded, (len(words), 1)), np.full_like(recorded, NO_DENOMINATOR)])
    table.cells += cells_of([measure_key(measure, level=name) for name in names], counts, below, population)
