"""Protocol deviations by importance, category and site.

Those that concern the product are in the closed report only.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from assessments.choices import DeviationCategory, Importance
from product.choices import ProductDeviationCategory
from reports.frames import Frames
from reports.tables.layout import Table, measure_key
from reports.tables.plan import TablePlan
from reports.tables.population import Integers, Population, population_of


def deviations(frames: Frames, plan: TablePlan) -> dict[str, Any]:
    """Participants with one (of the enrolled), then deviations by importance, category and site."""
    population = population_of(frames, plan)
    table = Table("deviations", "Protocol deviations", "enrolled")
    table.measures = _measures(plan)
    table.levels = _levels()
    _participants(table, "participants_with_deviation", frames.deviations, population)
    _participants(
        table,
        "participants_with_major_deviation",
        frames.deviations[frames.deviations["importance"] == Importance.MAJOR.value],
        population,
    )
    for column, measure in (
        ("importance", "deviations_by_importance"),
        ("category", "deviations_by_category"),
        ("site", "deviations_by_site"),
    ):
        _counts(table, measure, frames.deviations, column, population)
    if not plan.is_open:
        product = frames.product_deviations
        _participants(table, "participants_with_product_deviation", product, population)
        _counts(table, "product_deviations_by_category", product, "category", population)
    _notes(table, frames, plan)
    return table.as_dict()


def _measures(plan: TablePlan) -> dict[str, str]:
    measures = {
        "participants_with_deviation": "Enrolled participants with a deviation",
        "participants_with_major_deviation": "Enrolled participants with a major deviation",
        "deviations_by_importance": "Deviations by importance",
        "deviations_by_category": "Deviations by category",
        "deviations_by_site": "Deviations by site",
    }
    if not plan.is_open:
        measures |= {
            "participants_with_product_deviation": "Enrolled participants with a deviation of the product",
            "product_deviations_by_category": "Deviations of the product by category",
        }
    return measures


def _levels() -> dict[str, str]:
    codes = (*Importance.values, *ProductDeviationCategory.values, *DeviationCategory.values)
    return {code: code.replace("_", " ").capitalize() for code in codes}


def _participants(table: Table, measure: str, rows: pd.DataFrame, population: Population) -> None:
    of_somebody = rows[rows["participant"].notna()]
    who = population.seen(population.positions(of_somebody)) & population.enrolled
    table.compare(
        measure_key(measure), population.count(who), population.count(population.enrolled), population
    )


def _counts(table: Table, measure: str, rows: pd.DataFrame, column: str, population: Population) -> None:
    """Events, not people: no share and no test. One of the site as a whole is in the total only."""
    arms = _arms(rows, population)
    for level in sorted(rows[column].dropna().unique()):
        chosen = (rows[column] == level).to_numpy()
        table.count(measure_key(measure, str(level)), population.count_at(arms[chosen]), None, population)


def _arms(rows: pd.DataFrame, population: Population) -> Integers:
    arms = np.full(len(rows), len(population.arms), dtype=np.int64)
    of_somebody = rows["participant"].notna().to_numpy()
    arms[of_somebody] = population.arm_index[population.positions(rows[of_somebody])]
    return arms


def _notes(table: Table, frames: Frames, plan: TablePlan) -> None:
    of_sites = int(frames.deviations["participant"].isna().sum())
    table.note_if(of_sites, "{n} deviations are of a site as a whole: in the total, in no arm.")
    if frames.deviations.empty:
        table.notes.append("No deviation was recorded up to the data cut-off.")
    if plan.is_open:
        table.notes.append("Deviations that speak of the product are in the closed report only.")
