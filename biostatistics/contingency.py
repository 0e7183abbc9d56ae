"""Distributions against each other: chi-square or the exact test of an r x c table.

Freeman GH, Halton JH. Biometrika 1951;38:141-149. Every table with the observed margins is enumerated, so
the same table gives the same p-value on every machine and every day; nothing is drawn at random.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from biostatistics.two_samples import EQUAL_PROBABILITY_TOLERANCE, EXPECTED_COUNT_FOR_CHI_SQUARE, Significance

ENUMERABLE_TABLES = 4_000_000
"""Above this many partial tables the exact test is refused: about a second and 200 MB."""

Table = Sequence[Sequence[int]]
Integers = NDArray[np.int64]


class TooManyTablesError(ValueError):
    """The table's margins allow more tables than are enumerated."""


def distribution_test(table: Table) -> Significance | None:
    """The p-value of an r x c table of counts by the contract's rule; None when there is nothing to compare.

    Rows and columns without any count are left out first; nothing to compare means fewer than two rows or
    columns are left. Chi-square without correction when every expected count is at least 5, else
    Freeman-Halton. Raises ValueError for a negative count, TooManyTablesError as `freeman_halton`.
    """
    counts = _without_empty(_checked(table))
    if min(counts.shape) < 2:
        return None
    if smallest_expected_count(counts.tolist()) >= EXPECTED_COUNT_FOR_CHI_SQUARE:
        return Significance(chi_square(counts.tolist()), "chi_square")
    return Significance(freeman_halton(counts.tolist()), "freeman_halton")


def smallest_expected_count(table: Table) -> float:
    """The smallest of the expected counts under independence, from the margins."""
    counts = _checked(table)
    return float(counts.sum(axis=1).min() * counts.sum(axis=0).min() / counts.sum())


def chi_square(table: Table) -> float:
    """Pearson's chi-square p-value without correction, (r - 1)(c - 1) degrees of freedom, no empty margin."""
    counts = _checked(table).astype(float)
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    statistic = float(((counts - expected) ** 2 / expected).sum())
    return float(stats.chi2.sf(statistic, (counts.shape[0] - 1) * (counts.shape[1] - 1)))


def chi_square_of_yates(table: Table) -> float:
    """The p-value of a 2 x 2 table with Yates's continuity correction (Suppl J R Stat Soc 1934;1:217-235)."""
    return float(stats.chi2_contingency(_checked(table), correction=True).pvalue)


def mid_p_values(table: Table) -> tuple[float, float, float]:
    """Fisher's mid-p of a 2 x 2 table in the three ways in use (Lancaster HO. J Am Stat Assoc 1961;56:223-234).

    Half of the observed table's probability taken from Fisher's; half of that of all equally probable ones; and twice
    the smaller tail with half of the observed.
    """
    (a, b), (c, d) = _checked(table).tolist()
    law = stats.hypergeom(a + b + c + d, a + c, a + b)
    probabilities = law.pmf(np.arange(min(a + b, a + c) + 1))
    own = float(law.pmf(a))
    equal = float(
        probabilities[np.isclose(probabilities, own, rtol=EQUAL_PROBABILITY_TOLERANCE, atol=0)].sum()
    )
    rarer = float(probabilities[probabilities < own * (1 - EQUAL_PROBABILITY_TOLERANCE)].sum())
    tail = min(float(law.cdf(a)), float(law.sf(a - 1))) - own / 2
    return rarer + equal - own / 2, rarer + equal / 2, min(2 * tail, 1.0)


def freeman_halton(table: Table) -> float:
    """The exact p-value: the share of all tables with these margins at most as probable as this one.

    Raises TooManyTablesError when there are more than `ENUMERABLE_TABLES` partial tables.
    """
    counts = _checked(table)
    columns = counts[:, np.argsort(counts.sum(axis=0), kind="stable")].T
    logs = _log_weights_of_all_tables(columns.sum(axis=1), columns.sum(axis=0))
    observed = float(_log_weights(columns).sum())
    weights = np.exp(logs - logs.max())
    return float(min(weights[logs <= observed + EQUAL_PROBABILITY_TOLERANCE].sum() / weights.sum(), 1.0))


def _log_weights_of_all_tables(column_totals: Integers, row_totals: Integers) -> NDArray[np.float64]:
    """Column by column: the remainder of each row, and the weight so far; the last column is the remainder."""
    left, logs = row_totals[None, :], np.zeros(1)
    for total in column_totals[:-1]:
        ways = _ways_to_fill(int(total), row_totals)
        if len(left) * len(ways) > ENUMERABLE_TABLES:
            raise TooManyTablesError(f"more than {ENUMERABLE_TABLES} tables have these margins.")
        after = (left[:, None, :] - ways[None, :, :]).reshape(-1, left.shape[1])
        sums = (logs[:, None] + _log_weights(ways)[None, :]).ravel()
        possible = (after >= 0).all(axis=1)
        left, logs = after[possible], sums[possible]
    return logs + _log_weights(left)


def _ways_to_fill(total: int, row_totals: Integers) -> Integers:
    """Every way to spread `total` over the rows, none above its row's total."""
    ways = np.zeros((1, 0), dtype=np.int64)
    for limit in row_totals[:-1]:
        cells = np.arange(min(int(limit), total) + 1)
        if len(ways) * len(cells) > ENUMERABLE_TABLES:
            raise TooManyTablesError(f"more than {ENUMERABLE_TABLES} tables have these margins.")
        ways = np.hstack([np.repeat(ways, len(cells), axis=0), np.tile(cells, len(ways))[:, None]])
        ways = ways[ways.sum(axis=1) <= total]
    last = total - ways.sum(axis=1)
    columns: Integers = np.hstack([ways, last[:, None]])[last <= row_totals[-1]]
    return columns


def _log_weights(columns: Integers) -> NDArray[np.float64]:
    """Log of 1 / (n1! n2! ...) of each column: a table's probability is proportional to the product."""
    weights: NDArray[np.float64] = -special.gammaln(columns + 1.0).sum(axis=1)
    return weights


def _checked(table: Table) -> Integers:
    counts = np.asarray(table, dtype=np.int64)
    if counts.ndim != 2 or (counts < 0).any() or counts.sum() == 0:
        raise ValueError(
            "a table has rows and columns of counts that are not negative, and at least one count."
        )
    return counts


def _without_empty(counts: Integers) -> Integers:
    kept_rows = counts[counts.sum(axis=1) > 0]
    kept: Integers = kept_rows[:, kept_rows.sum(axis=0) > 0]
    return kept
