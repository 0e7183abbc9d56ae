"""The SOFA total by study day: of those with all six components recorded; no component is imputed."""

from __future__ import annotations

from reports.tables.layout import Table, measure_key
from reports.tables.outcomes.courses import Analysed
from reports.tables.outcomes.measured import mean_cells
from reports.tables.outcomes.oxygenation import window_id
from reports.tables.population import Population

SOFA_TOTAL = (0.0, 24.0)
"""Six organs of 0 to 4 points (Vincent JL, et al. Intensive Care Med 1996;22:707-710)."""


def name_sofa(table: Table) -> None:
    """The words and the note of the rows that `add_sofa` adds."""
    table.measures["sofa_total"] = "SOFA total, points"
    table.notes.append(
        "SOFA: of those alive and assessed, all six components recorded; the dead and the discharged have no total."
    )


def add_sofa(table: Table, day: int, analysed: Analysed, population: Population) -> None:
    """One day of the course."""
    over = analysed.over(day)
    found = analysed.courses.sofa_total[over, analysed.courses.column(day)]
    key = measure_key("sofa_total", window=window_id(day))
    table.cells += mean_cells(key, found, analysed.arms[over], population, "points", span=SOFA_TOTAL)
