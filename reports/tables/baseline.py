"""The enrolled: age, sex and strata per column. No tests: at baseline they answer no question (CONSORT)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from reports.frames import Frames
from reports.tables.baseline_condition import add_condition
from reports.tables.layout import NO_DENOMINATOR, Table, cells_of, measure_key, summary_cells
from reports.tables.plan import TablePlan
from reports.tables.population import Flags, Integers, Population, population_of

MISSING = "MISSING"
NOT_RECORDED = "U"


def baseline(frames: Frames, plan: TablePlan) -> dict[str, Any]:
    """Age in years, sex, and every stratum of the protocol, of the enrolled participants."""
    population = population_of(frames, plan)
    chosen = population.enrolled
    people = frames.participants
    table = Table("baseline", "Baseline", "enrolled")
    table.measures = {"age_years": "Age, years", "sex": "Sex"}
    ages = people["age_years"].to_numpy(dtype=float)[chosen]
    table.cells += summary_cells(measure_key("age_years"), ages, population.arm_index[chosen], population)
    _levels(table, "sex", _recorded_sex(people["sex"]), (), chosen, population)
    for stratum in plan.protocol.strata:
        measure = f"stratum_{stratum.code}"
        table.measures[measure] = stratum.label
        table.levels |= {level.code: level.label for level in stratum.levels}
        known_levels = tuple(level.code for level in stratum.levels)
        levels = _stratum(frames, stratum.code, population)
        _levels(table, measure, levels, known_levels, chosen, population)
    add_condition(table, frames, plan, population)
    table.notes.append("Percentages are of the participants whose value is recorded.")
    return table.as_dict()


def _recorded_sex(sex: pd.Series) -> pd.Series:
    """Without the code for "not recorded": it is no level, and in no denominator."""
    return sex.cat.set_categories([name for name in sex.cat.categories if name != NOT_RECORDED])


def _stratum(frames: Frames, code: str, population: Population) -> pd.Series:
    """The level of each participant in one stratum, aligned with the participants."""
    rows = frames.participant_strata[frames.participant_strata["stratum"] == code]
    levels = pd.Series(pd.NA, index=range(len(population.participants)), dtype="object")
    levels.iloc[population.positions(rows)] = rows["level"].astype("object").to_numpy()
    return levels.astype("category")


def _levels(
    table: Table,
    measure: str,
    values: pd.Series,
    planned: tuple[str, ...],
    chosen: Flags,
    population: Population,
) -> None:
    names = (*planned, *sorted(set(values.cat.categories) - set(planned)))
    codes = _codes(values, names)[chosen]
    counts = population.count_by(codes, population.arm_index[chosen], group_count=len(names) + 1)
    recorded = counts[:-1].sum(axis=0)
    below = np.vstack([np.tile(recorded, (len(names), 1)), np.full_like(recorded, NO_DENOMINATOR)])
    keys = [measure_key(measure, level=name) for name in (*names, MISSING)]
    table.cells += cells_of(keys, counts, below, population)


def _codes(values: pd.Series, names: tuple[str, ...]) -> Integers:
    places = np.append(pd.Index(list(names), dtype="object").get_indexer(values.cat.categories), -1)
    codes = places[values.cat.codes.to_numpy()]
    return np.where(codes < 0, len(names), codes)
