"""Round numbers at the ticks of an axis."""

import math
from collections.abc import Iterator, Sequence

COARSE = (1.0, 2.0, 2.5, 5.0, 10.0)
"""Distances between ticks, times any power of ten."""
FINE = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
WHOLE = (1.0, 2.0, 5.0, 10.0)
LEAST = 2
"""An axis has at least this many ticks inside its range."""
TOLERANCE = 1e-10
"""A bound this close to a tick, as a share of the distance between ticks, is that tick."""
DIGITS = 9
"""Decimals that a tick has beyond the power of ten of its distance.

Rounding removes the noise of the multiplication.
"""
POINT_SHARE = 0.1
"""A range without extent is widened by this share of its value on both sides, and around zero by one half."""


def ticks_around(low: float, high: float, most: int, steps: Sequence[float] = FINE) -> list[float]:
    """Ticks at equal round distances, from the last at or below ``low`` to the first at or above ``high``.

    There are at most ``most`` distances inside the range, and where that leaves fewer than two ticks inside, more. Raises
    ValueError when a bound is not finite or the bounds are in the wrong order.
    """
    if not (math.isfinite(low) and math.isfinite(high) and low <= high):
        raise ValueError(f"An axis needs two finite bounds in order, not {low} and {high}.")
    if low == high:
        aside = abs(low) * POINT_SHARE or 0.5
        low, high = low - aside, high + aside
    ticks: list[float] = []
    for step in _steps((high - low) / most, steps):
        ticks = _multiples(step, low, high)
        if sum(low <= tick <= high for tick in ticks) >= LEAST:
            break
    return ticks


def ticks_within(low: float, high: float, most: int, steps: Sequence[float] = COARSE) -> list[float]:
    """The ticks of `ticks_around` that lie inside the range."""
    return [tick for tick in ticks_around(low, high, most, steps) if low <= tick <= high]


def whole_ticks(high: int | float, most: int) -> list[float]:
    """Whole numbers from zero to the first tick at or above ``high``, for an axis of counts.

    ``high`` is at least 1.
    """
    step = max(1.0, next(_steps(high / most, WHOLE)))
    return _multiples(step, 0.0, high)


def _steps(shortest: float, steps: Sequence[float]) -> Iterator[float]:
    """The round distance at or just above ``shortest``, then the shorter ones down to a tenth of its power of ten."""
    power = 10.0 ** math.floor(math.log10(shortest))
    found = [power * step for step in (*(step / 10 for step in steps[:-1]), *steps, 10 * steps[1])]
    first = next(place for place, step in enumerate(found) if step >= shortest)
    return reversed(found[: first + 1])


def _multiples(step: float, low: float, high: float) -> list[float]:
    first, last = math.floor(low / step + TOLERANCE), math.ceil(high / step - TOLERANCE)
    digits = DIGITS - math.floor(math.log10(step))
    return [round(number * step, digits) + 0.0 for number in range(first, last + 1)]
