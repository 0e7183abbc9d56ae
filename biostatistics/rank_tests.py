"""Two samples compared by ranks, for outcomes that are not normal, such as ventilator-free days.

Wilcoxon F. Biometrics Bull 1945;1:80-83. Shift: Hodges JL, Lehmann EL. Ann Math Stat 1963;34:598-611, with the limits
of Moses (Hollander M, Wolfe DA. Nonparametric statistical methods, 1973, chapter 4). In small samples with ties the
limits are those of the exact distribution without ties. Their coverage is then at least the level (Noether GE. J Am
Stat Assoc 1967;62:184-188). The p-value is that of all splits of the tied ranks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import stats

from biostatistics.proportions import CONFIDENCE_LEVEL, Floats
from biostatistics.small_samples import is_small, permutation_p_value, splits

LARGEST_EXACT = 50
"""Samples below this without ties get the exact distribution, as R does.

Else small ones that of all splits, others the normal one, tie-corrected.
"""

Method = Literal["wilcoxon_exact", "wilcoxon_permutation", "wilcoxon_normal"]


@dataclass(frozen=True)
class Shift:
    """How far the arm lies above the reference, in the outcome's unit: median of all pairwise differences.

    Limits are infinite where the samples are too small for limits with this level.
    """

    estimate: float
    low: float
    high: float
    p_value: float
    statistic: float
    level: float
    method: Method


LARGEST_PAIRS = 10_000_000
"""Above this many pairs of values the shift is refused: 80 MB, under a second."""


LARGEST_COUNTED = 20_000
"""Up to this number of pairs the orders are counted, half a second.

Above, for a small sample, a sample is drawn.
"""


class TooManyPairsError(ValueError):
    """There are too many pairs of values to enumerate."""


def rank_sum(values: Floats, reference: Floats, *, level: float = CONFIDENCE_LEVEL) -> Shift:
    """The Hodges-Lehmann shift with limits, and the two-sided p-value of Wilcoxon's rank-sum test.

    `statistic` is the number of pairs in which the arm's value is the higher, ties half (Mann-Whitney). The
    exact limits have at least the level. Raises ValueError for an empty sample or a missing value,
    TooManyPairsError above `LARGEST_PAIRS` pairs.
    """
    _refuse_impossible(values, reference)
    differences = np.sort(np.subtract.outer(values, reference).ravel())
    ties = _tie_sizes(values, reference)
    method = _method(values, reference, ties)
    out = _outside_normal if method == "wilcoxon_normal" else _outside_exact
    place = out(len(values), len(reference), ties, level)
    has_limits = place >= 0
    return Shift(
        estimate=float(np.median(differences)),
        low=float(differences[place]) if has_limits else -np.inf,
        high=float(differences[len(differences) - 1 - place]) if has_limits else np.inf,
        p_value=_p_value(values, reference, method),
        statistic=float(stats.mannwhitneyu(values, reference, method="asymptotic").statistic),
        level=level,
        method=method,
    )


def _method(values: Floats, reference: Floats, ties: Floats) -> Method:
    if (ties == 1).all() and max(len(values), len(reference)) < LARGEST_EXACT:
        return "wilcoxon_exact"
    return "wilcoxon_permutation" if is_small(len(values), len(reference)) else "wilcoxon_normal"


def _p_value(values: Floats, reference: Floats, method: Method) -> float:
    if method == "wilcoxon_permutation":
        is_own = np.arange(len(values) + len(reference)) < len(values)
        return permutation_p_value(stats.rankdata(np.concatenate([values, reference])), is_own)
    how: Literal["exact", "asymptotic"] = "exact" if method == "wilcoxon_exact" else "asymptotic"
    found = float(stats.mannwhitneyu(values, reference, method=how).pvalue)
    return 1.0 if np.isnan(found) else found


def _refuse_impossible(values: Floats, reference: Floats) -> None:
    if len(values) == 0 or len(reference) == 0:
        raise ValueError("values: each side has at least one participant.")
    if not (np.isfinite(values).all() and np.isfinite(reference).all()):
        raise ValueError("values: every value is recorded; impute or leave out before.")
    if len(values) * len(reference) > LARGEST_PAIRS:
        raise TooManyPairsError(f"{len(values)} x {len(reference)} pairs are more than {LARGEST_PAIRS}.")


def _tie_sizes(values: Floats, reference: Floats) -> Floats:
    return np.unique(np.concatenate([values, reference]), return_counts=True)[1].astype(float)


def _outside_exact(n: int, m: int, _ties: Floats, level: float) -> int:
    """How many of the sorted differences lie outside on each side: the largest number that keeps the level.

    -1 when all differences are too few.
    """
    ways = _rank_sum_ways(max(n, m), min(n, m)) if n * m <= LARGEST_COUNTED else _drawn_ways(n, m)
    tail = np.cumsum(ways) / ways.sum()
    return int(np.searchsorted(tail, (1 - level) / 2)) - 1


def _outside_normal(n: int, m: int, ties: Floats, level: float) -> int:
    total = n + m
    shrink = float((ties**3 - ties).sum()) / (total * (total - 1))
    spread = np.sqrt(n * m / 12 * (total + 1 - shrink))
    return max(int(np.floor(n * m / 2 - stats.norm.ppf(0.5 + level / 2) * spread)) - 1, 0)


def _drawn_ways(n: int, m: int) -> Floats:
    """Like `_rank_sum_ways`, from a random sample of the orders, for a small sample against a very large one."""
    size = min(n, m)
    higher = splits(n + m, size).sum(axis=1) - size * (size - 1) // 2
    return np.bincount(higher, minlength=n * m + 1).astype(float)


def _rank_sum_ways(n: int, m: int) -> Floats:
    """The number of orders of n and m values for each number 0..nm of pairs in which the first value is higher.

    The highest value is one of the n, above all m, or one of the m, above none.
    """
    none = np.zeros(n * m + 1)
    none[0] = 1.0
    row = [none] * (m + 1)
    for _ in range(n):
        higher = [none]
        for others in range(1, m + 1):
            ways = higher[-1].copy()
            ways[others:] += row[others][:-others]
            higher.append(ways)
        row = higher
    return row[m]
