"""Measured quantities per column with the interval of their mean, and comparisons in the quantity's own unit."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from biostatistics.proportions import CONFIDENCE_LEVEL, Floats
from biostatistics.small_samples import SMALL_ARM, is_small
from reports.tables.layout import Cell, Key, summary_cells
from reports.tables.population import Integers, Population

Span = tuple[float, float]
UNBOUNDED: Span = (-np.inf, np.inf)
NOT_NEGATIVE: Span = (0.0, np.inf)
MEANS_OF_FEW = f"A mean of fewer than {SMALL_ARM} has no limits: t limits would rest on a bell curve."


def mean_cells(
    key: Key, found: Floats, arms: Integers, population: Population, unit: str, *, span: Span = UNBOUNDED
) -> list[Cell]:
    """As `summary_cells`, with t limits of the mean (95 %) and the unit; shown with the mean.

    None in a small column, because these limits assume a normal distribution. `span` is the possible range of the
    quantity.
    """
    cells = summary_cells(key, found, arms, population)
    return [{**cell, "unit": unit, "shows_mean": True, **_limits(cell, span)} for cell in cells]


def _limits(cell: Cell, span: Span) -> dict[str, float | None]:
    count, spread = cell["count"], cell["sd"]
    if is_small(count):
        return {"mean_ci_low": None, "mean_ci_high": None}
    half = float(special.stdtrit(count - 1, 0.5 + CONFIDENCE_LEVEL / 2)) * spread / np.sqrt(count)
    least, most = span
    return {"mean_ci_low": max(cell["mean"] - half, least), "mean_ci_high": min(cell["mean"] + half, most)}


def difference(key: Key, arm: str, reference: str, unit: str, **found: Any) -> Cell:
    """A comparison in the quantity's own unit; values that cannot be estimated are None."""
    nothing = dict.fromkeys(("difference", "ci_low", "ci_high", "p_value", "test"))
    return {**key, "arm": arm, "reference": reference, "unit": unit, **nothing, **found}
