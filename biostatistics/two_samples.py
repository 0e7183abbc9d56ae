"""Two proportions compared: the difference with its interval, and the test that the specification names.

Newcombe RG. Stat Med 1998;17:873-890, method 10 (hybrid score). Test: Pearson's chi-square without
correction when every expected count is at least 5, else Fisher's exact test, two-sided by the sum of all
tables that are at most as probable as the observed one (Freeman & Halton, Biometrika 1951;38:141-149).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

from biostatistics.proportions import Counts, Floats, squared_and_added, wilson_limits

EXPECTED_COUNT_FOR_CHI_SQUARE = 5
"""Every expected count at or above this: chi-square; else the exact test (contract; Cochran 1954)."""

EQUAL_PROBABILITY_TOLERANCE = 1e-7
"""Relative difference within which two tables count as equally probable (floating point; as R does)."""

Test = Literal["chi_square", "fisher", "freeman_halton"]


@dataclass(frozen=True)
class Significance:
    """A two-sided p-value and the test it comes from."""

    p_value: float
    test: Test


@dataclass(frozen=True)
class Comparisons:
    """Many comparisons at once, aligned arrays; NaN and "" where one side has no participants."""

    differences: Floats
    lows: Floats
    highs: Floats
    p_values: Floats
    is_chi_square: np.ndarray


def compared(x: Counts, n: Counts, reference_x: Counts, reference_n: Counts) -> Comparisons:
    """Difference, limits, p-value and choice of test of many pairs of proportions."""
    difference, low, high = newcombe_limits(x, n, reference_x, reference_n)
    by_chi_square = chi_square_applies(x, n, reference_x, reference_n)
    p_values = np.full(len(x), np.nan)
    p_values[by_chi_square] = chi_square_p_values(*_at(by_chi_square, x, n, reference_x, reference_n))
    by_fisher = ~by_chi_square & (n > 0) & (reference_n > 0)
    p_values[by_fisher] = fisher_p_values(*_at(by_fisher, x, n, reference_x, reference_n))
    return Comparisons(difference, low, high, p_values, by_chi_square)


def newcombe_limits(
    x: Counts, n: Counts, reference_x: Counts, reference_n: Counts
) -> tuple[Floats, Floats, Floats]:
    """Differences with their lower and upper hybrid score limits; NaN where a denominator is 0."""
    low, high = wilson_limits(x, n)
    reference_low, reference_high = wilson_limits(reference_x, reference_n)
    p = x / np.where(n > 0, n, np.nan)
    q = reference_x / np.where(reference_n > 0, reference_n, np.nan)
    least, most = squared_and_added((p, low, high), (q, reference_low, reference_high))
    return p - q, np.maximum(least, -1.0), np.minimum(most, 1.0)


def chi_square_applies(x: Counts, n: Counts, reference_x: Counts, reference_n: Counts) -> np.ndarray:
    """Whether every expected count is at least 5.

    The smallest expected count is that of the smaller arm and the rarer answer.
    """
    total = n + reference_n
    rarer = np.minimum(x + reference_x, total - x - reference_x)
    smaller = np.minimum(n, reference_n)
    is_enough: np.ndarray = rarer * smaller >= EXPECTED_COUNT_FOR_CHI_SQUARE * np.maximum(total, 1)
    return is_enough


def chi_square_p_values(x: Counts, n: Counts, reference_x: Counts, reference_n: Counts) -> Floats:
    """Pearson's chi-square without continuity correction, one degree of freedom."""
    a, m, c, k = (values.astype(float) for values in (x, n, reference_x, reference_n))
    yes, total = a + c, m + k
    statistic = total * (a * (k - c) - c * (m - a)) ** 2 / (m * k * yes * (total - yes))
    p_values: Floats = special.chdtrc(1, statistic)
    return p_values


def fisher_p_values(x: Counts, n: Counts, reference_x: Counts, reference_n: Counts) -> Floats:
    """Fisher's exact test, two-sided, of many 2x2 tables: all rows are enumerated side by side."""
    if len(x) == 0:
        return np.empty(0)
    yes = x + reference_x
    lowest = np.maximum(0, yes - reference_n)
    width = int((np.minimum(yes, n) - lowest).max()) + 1
    possible = lowest[:, None] + np.arange(width)
    inside = possible <= np.minimum(yes, n)[:, None]
    logs = _log_hypergeometric(np.where(inside, possible, lowest[:, None]), n, reference_n, yes)
    observed = _log_hypergeometric(x[:, None], n, reference_n, yes)
    extreme = inside & (logs <= observed + EQUAL_PROBABILITY_TOLERANCE)
    p_values: Floats = np.minimum(np.where(extreme, np.exp(logs), 0.0).sum(axis=1), 1.0)
    return p_values


def _log_hypergeometric(a: Counts, n: Counts, reference_n: Counts, yes: Counts) -> Floats:
    ways = _log_choose(n[:, None], a) + _log_choose(reference_n[:, None], yes[:, None] - a)
    return ways - _log_choose((n + reference_n)[:, None], yes[:, None])


def _log_choose(n: Counts, k: Counts) -> Floats:
    return special.gammaln(n + 1.0) - special.gammaln(k + 1.0) - special.gammaln(n - k + 1.0)


def _at(chosen: np.ndarray, *values: Counts) -> tuple[Counts, ...]:
    return tuple(value[chosen] for value in values)
