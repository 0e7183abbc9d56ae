"""Measured quantities per column with the interval of their mean, and comparisons in the quantity's own unit."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from dsmb.rules.proportions import CONFIDENCE_LEVEL, Floats
from dsmb.tables.layout import Cell, Key, summary_cells
from dsmb.tables.population import Integers, Population


def mean_cells(key: Key, found: Floats, arms: Integers, population: Population, unit: str) -> list[Cell]:
    """As `summary_cells`, with t limits of the mean (95 %; None below two values) and the unit; shown with the mean."""
    cells = summary_cells(key, found, arms, population)
    return [{**cell, "unit": unit, "shows_mean": True, **_limits(cell)} for cell in cells]


def _limits(cell: Cell) -> dict[str, float | None]:
    count, spread = cell["count"], cell["sd"]
    if count < 2 or spread is None:
        return {"mean_ci_low": None, "mean_ci_high": None}
    half = float(special.stdtrit(count - 1, 0.5 + CONFIDENCE_LEVEL / 2)) * spread / np.sqrt(count)
    return {"mean_ci_low": cell["mean"] - half, "mean_ci_high": cell["mean"] + half}


def difference(key: Key, arm: str, reference: str, unit: str, **found: Any) -> Cell:
    """A comparison in the quantity's own unit; what is not estimable is None."""
    nothing = dict.fromkeys(("difference", "ci_low", "ci_high", "p_value", "test"))
    return {**key, "arm": arm, "reference": reference, "unit": unit, **nothing, **found}
