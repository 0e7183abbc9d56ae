"""Differences of curves and rates between arms, one line each, with limits and methods.

In a pair with a small arm no method relies on large numbers; where no method is valid, the line says so and has no
number.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import special

from biostatistics.proportions import CONFIDENCE_LEVEL, squared_and_added
from biostatistics.small_samples import SMALL_ARM, TOO_FEW, is_small, p_value_of_every_course
from reports.tables.curves import Drawn
from reports.tables.layout import Table, json_number

POINTS = 100
SMALL_ARM_NOTE = (
    f"With fewer than {SMALL_ARM} participants in an arm no figure rests on a normal approximation; where no method "
    f"holds, it says “{TOO_FEW}”."
)


def name_differences(table: Table, estimate: str) -> None:
    """Name the columns of a listing of differences."""
    table.listing(
        what="What", arms="Arms", estimate=f"#{estimate}", ci_low="#95 % limits, lower", ci_high="#upper",
        p_value="#p",
    )  # fmt: skip
    table.absent(TOO_FEW, "estimate")
    table.absent("–", "ci_low", "ci_high", "p_value")


def difference_row(what: str, arm: str, reference: str, **found: Any) -> dict[str, Any]:
    """A line; missing values are None."""
    nothing = dict.fromkeys(("estimate", "ci_low", "ci_high", "ci_method", "p_value", "test"))
    return {"what": what, "arms": f"{arm} − {reference}", **nothing, **found}


def probability_row(what: str, day: int, drawn: Drawn, base: Drawn) -> dict[str, Any]:
    """The difference of two probabilities at a day in percentage points, between -100 and 100."""
    p, q = drawn.curve.at(float(day))[0], base.curve.at(float(day))[0]
    low, high = squared_and_added((p, *drawn.limits(day)), (q, *base.limits(day)))
    return difference_row(
        what, drawn.column, base.column,
        estimate=POINTS * (p - q), ci_low=POINTS * max(float(low), -1.0), ci_high=POINTS * min(float(high), 1.0),
        **_tested(day, drawn, base),
    )  # fmt: skip


def _tested(day: int, drawn: Drawn, base: Drawn) -> dict[str, Any]:
    """The p-value with the names of the methods: exact in small arms, and where the curves have no error."""
    small = is_small(len(drawn.ends), len(base.ends))
    error = math.hypot(drawn.error(day), base.error(day))
    method = "square_and_add_exact" if small else "square_and_add"
    if small or error == 0:
        own, reference = drawn.course(day), base.course(day)
        is_complete = own[1] == reference[1] == 0
        test = "fisher" if is_complete else "fisher_every_course"
        return {"ci_method": method, "p_value": p_value_of_every_course(own, reference), "test": test}
    value = drawn.curve.at(float(day))[0] - base.curve.at(float(day))[0]
    return {"ci_method": method, "p_value": _normal_p_value(value, error), "test": "z"}


def mean_row(what: str, day: int, drawn: Drawn, base: Drawn) -> dict[str, Any]:
    """The difference of two mean numbers of events, with large-sample limits; none in small arms."""
    error = math.hypot(drawn.error(day), base.error(day))
    if is_small(len(drawn.ends), len(base.ends)) or error == 0:
        return difference_row(what, drawn.column, base.column)
    value = drawn.curve.at(float(day))[0] - base.curve.at(float(day))[0]
    z = float(special.ndtri(0.5 + CONFIDENCE_LEVEL / 2))
    return difference_row(
        what, drawn.column, base.column, estimate=value, ci_low=value - z * error, ci_high=value + z * error,
        ci_method="normal", p_value=_normal_p_value(value, error), test="z",
    )  # fmt: skip


def _normal_p_value(value: float, error: float) -> float:
    return float(2 * special.ndtr(-abs(value) / error))


def ratio_row(
    what: str, arm: str, reference: str, *, ratio: float, low: float, high: float, p_value: float
) -> dict[str, Any]:
    """A ratio with its exact limits; nothing where it has no finite ones: no event on a side."""
    row = difference_row(what, arm, reference) | {"arms": f"{arm} / {reference}"}
    if not np.isfinite([ratio, low, high]).all():
        return row
    exact = {"ci_method": "exact_conditional", "p_value": p_value, "test": "exact_conditional"}
    return row | {"estimate": json_number(ratio), "ci_low": low, "ci_high": high, **exact}
