"""Differences of curves and rates between arms, one line each, with limits."""

from __future__ import annotations

import math
from typing import Any

from scipy import special

from dsmb.rules.proportions import CONFIDENCE_LEVEL
from dsmb.tables.layout import Table, number


def name_differences(table: Table, estimate: str) -> None:
    """Name the columns of a listing of differences."""
    table.listing(
        what="What", arms="Arms", estimate=f"#{estimate}", ci_low="#95 % limits, lower", ci_high="#upper",
        p_value="#p",
    )  # fmt: skip


def difference_row(what: str, arm: str, reference: str, difference: float, error: float) -> dict[str, Any]:
    """A difference with large-sample limits and p-value; without an error there are none."""
    z = float(special.ndtri(0.5 + CONFIDENCE_LEVEL / 2))
    value, spread = float(difference), float(error)
    has_error = spread > 0
    return {
        "what": what,
        "arms": f"{arm} − {reference}",
        "estimate": value,
        "ci_low": value - z * spread if has_error else None,
        "ci_high": value + z * spread if has_error else None,
        "p_value": float(2 * special.ndtr(-abs(value) / spread)) if has_error else None,
    }


def ratio_row(
    what: str, arm: str, reference: str, ratio: float, low: float, high: float, p_value: float
) -> dict[str, Any]:
    """A ratio with its limits; None where it has none: nothing on a side."""
    return {
        "what": what,
        "arms": f"{arm} / {reference}",
        "estimate": _finite(ratio),
        "ci_low": _finite(low),
        "ci_high": _finite(high),
        "p_value": p_value,
    }


def _finite(value: float) -> float | None:
    return None if math.isinf(value) else number(value)
