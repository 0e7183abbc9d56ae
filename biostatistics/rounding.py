"""Decimal rounding as on paper: computed from integers, never through a binary fraction."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

PERCENT_DECIMALS = 1
"""Decimals of a percent in every table (contract of the board report)."""

ALMOST_NONE, ALMOST_ALL = "< 0.1", "> 99.9"
"""The text for a percent that would round to 0.0 or 100.0 without being it (specification of the board report)."""

SMALLEST_P_VALUE = 0.001
"""Below it a p-value has no figures (ICMJE; three decimals everywhere)."""

_EXACT = Context(prec=60)


def percent(count: int, denominator: int) -> float | None:
    """100·count/denominator to one decimal, half up; None when the denominator is 0."""
    if denominator == 0:
        return None
    return float(rounded_half_up(Fraction(100 * count, denominator), PERCENT_DECIMALS))


def percents(counts: NDArray[np.int64], denominators: NDArray[np.int64]) -> NDArray[np.float64]:
    """`percent` of many pairs at once; NaN where the denominator is 0. Exact, by integer arithmetic."""
    safe = np.maximum(denominators, 1).astype(np.int64)
    tenths = (2000 * counts.astype(np.int64) + safe) // (2 * safe)
    return np.where(denominators > 0, tenths / 10.0, np.nan)


def shown_percent(percent: float | None, count: int, denominator: int) -> float | str | None:
    """The rounded percent of a table: 0.0 and 100.0 only when exact, else `< 0.1` and `> 99.9`."""
    if percent == 0 and count:
        return ALMOST_NONE
    return ALMOST_ALL if percent == 100 and count != denominator else percent


def percent_words(percent: float) -> str:
    """A percentage, or a limit of one, to one decimal, half up; 0.0 and 100.0 only when it is exactly that."""
    text = str(Decimal(repr(percent)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP))
    if text == "0.0" and percent > 0:
        return ALMOST_NONE
    return ALMOST_ALL if text == "100.0" and percent < 100 else text


def p_value_words(p_value: float) -> str:
    """A p-value to three decimals, half up; `< 0.001` below that."""
    if p_value < SMALLEST_P_VALUE:
        return f"< {SMALLEST_P_VALUE}"
    return str(Decimal(repr(p_value)).quantize(Decimal("0.001"), rounding=ROUND_HALF_UP))


def probability_words(probability: float) -> str:
    """A probability to three decimals, half up; 0.000 and 1.000 only when it is exactly that."""
    text = str(Decimal(repr(float(probability))).quantize(Decimal("0.001"), rounding=ROUND_HALF_UP))
    if text == "0.000" and probability > 0:
        return "< 0.001"
    return "> 0.999" if text == "1.000" and probability < 1 else text


def rounded_half_up(value: Fraction, decimals: int) -> Decimal:
    """The value to that many decimals; a tie is rounded away from zero."""
    return _rounded(value, decimals, ROUND_HALF_UP)


def rounded_half_even(value: Fraction, decimals: int) -> Decimal:
    """The value to that many decimals; a tie is rounded to the even neighbour."""
    return _rounded(value, decimals, ROUND_HALF_EVEN)


def _rounded(value: Fraction, decimals: int, rounding: str) -> Decimal:
    """Integer division gives the neighbour below; the remainder decides whether it is a tie."""
    scaled = value * 10**decimals
    below = scaled.numerator // scaled.denominator
    remainder = scaled - below
    tie_goes_up = rounding == ROUND_HALF_UP and value >= 0
    tie_goes_up = tie_goes_up or (rounding == ROUND_HALF_EVEN and below % 2 == 1)
    goes_up = remainder > Fraction(1, 2) or (remainder == Fraction(1, 2) and tie_goes_up)
    return Decimal(below + int(goes_up)).scaleb(-decimals, context=_EXACT)
