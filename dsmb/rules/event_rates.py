"""Rates of events per time at risk, with exact Poisson limits.

Garwood F. Biometrika 1936;28:437-442: lower chi-square(alpha/2; 2x)/2T, upper chi-square(1-alpha/2; 2x+2)/2T.
"""

from __future__ import annotations

from dataclasses import dataclass

from scipy import stats

from dsmb.rules.proportions import CONFIDENCE_LEVEL


@dataclass(frozen=True)
class Rate:
    """Events per unit of exposure (person-days in a 28-day trial), with its exact limits."""

    count: int
    exposure: float
    rate: float
    low: float
    high: float
    level: float


def poisson_rate(count: int, exposure: float, *, level: float = CONFIDENCE_LEVEL) -> Rate:
    """The rate of `count` events over `exposure`; 0 events have lower limit 0 and a positive upper limit.

    Raises ValueError for a negative count or an exposure that is not positive.
    """
    if count < 0:
        raise ValueError(f"count {count}: a number of events is not negative.")
    if not exposure > 0:
        raise ValueError(f"exposure {exposure}: time at risk is positive.")
    alpha = 1.0 - level
    low = float(stats.chi2.ppf(alpha / 2, 2 * count)) / (2 * exposure) if count else 0.0
    high = float(stats.chi2.ppf(1 - alpha / 2, 2 * count + 2)) / (2 * exposure)
    return Rate(count, exposure, count / exposure, low, high, level)
