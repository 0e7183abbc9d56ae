"""Differences and tests against published figures, and against scipy and exact fractions."""

from fractions import Fraction
from math import comb
from random import Random

import numpy as np
import pytest
from scipy.stats import binomtest, chi2_contingency, fisher_exact

from biostatistics.two_samples import chi_square_applies, compared, fisher_p_values, newcombe_limits

NEWCOMBE_METHOD_10 = [  # Newcombe RG, Stat Med 1998;17:873-890, Table II
    ((56, 70, 48, 80), 0.0524, 0.3339),
    ((9, 10, 3, 10), 0.1705, 0.8090),
    ((6, 7, 2, 7), 0.0582, 0.8062),
    ((5, 56, 0, 29), -0.0381, 0.1926),
    ((0, 10, 0, 20), -0.1611, 0.2775),
    ((0, 10, 0, 10), -0.2775, 0.2775),
    ((10, 10, 0, 20), 0.6791, 1.0),
    ((10, 10, 0, 10), 0.6075, 1.0),
]
PAPER = [  # counts of Crit Care 2022;26:48, Table 5
    ((6, 21, 6, 24), 0.0357, -0.2120, 0.2860),
    ((18, 21, 18, 24), 0.1071, -0.1343, 0.3268),
    ((3, 21, 0, 24), 0.1429, -0.0236, 0.3464),
]
Pair = tuple[int, int, int, int]


def newcombe(pair: Pair) -> tuple[float, float, float]:
    difference, low, high = newcombe_limits(*(np.array([v]) for v in pair))
    return float(difference[0]), float(low[0]), float(high[0])


@pytest.mark.parametrize(("pair", "low", "high"), NEWCOMBE_METHOD_10)
def test_newcombe_equals_the_published_limits(pair: Pair, low: float, high: float) -> None:
    _, *found = newcombe(pair)

    assert [round(limit, 4) for limit in found] == [low, high]


@pytest.mark.parametrize(("pair", "difference", "low", "high"), PAPER)
def test_newcombe_of_the_papers_counts(pair: Pair, difference: float, low: float, high: float) -> None:
    assert [round(value, 4) for value in newcombe(pair)] == [difference, low, high]


@pytest.mark.parametrize("pair", [pair for pair, *_ in NEWCOMBE_METHOD_10 + PAPER])
def test_newcombe_squares_and_adds_scipys_wilson_limits(pair: Pair) -> None:
    x, n, y, m = pair
    own, other = (binomtest(k, size).proportion_ci(method="wilson") for k, size in ((x, n), (y, m)))
    p, q = x / n, y / m

    _, low, high = newcombe(pair)

    below = ((p - own.low) ** 2 + (other.high - q) ** 2) ** 0.5
    above = ((own.high - p) ** 2 + (q - other.low) ** 2) ** 0.5
    assert low == pytest.approx(p - q - below, abs=1e-12)
    assert high == pytest.approx(p - q + above, abs=1e-12)


@pytest.mark.parametrize(
    ("pair", "p_value", "test"),
    [
        ((18, 21, 18, 24), 0.4689, "fisher"),
        ((6, 21, 6, 24), 0.7869, "chi_square"),
        ((10, 49, 6, 48), 0.2941, "chi_square"),
        ((9, 21, 9, 24), 0.7144, "chi_square"),
        ((4, 21, 4, 24), 1.0, "fisher"),
        ((3, 21, 0, 24), 0.0937, "fisher"),
        ((0, 21, 0, 24), 1.0, "fisher"),
        ((21, 21, 24, 24), 1.0, "fisher"),
        ((3, 4, 1, 4), 0.4857, "fisher"),  # Fisher's tea tasting
    ],
)
def test_rule_picks_the_test_and_gives_its_p_value(pair: Pair, p_value: float, test: str) -> None:
    found = compared(*(np.array([v]) for v in pair))

    assert round(float(found.p_values[0]), 4) == p_value
    assert found.is_chi_square.tolist() == [test == "chi_square"]


@pytest.mark.parametrize(("rarer", "expected"), [(9, False), (10, True), (11, True)])
def test_rule_changes_at_an_expected_count_of_five(rarer: int, expected: bool) -> None:
    x, n, y, m = (np.array([v]) for v in (rarer, 20, 0, 20))

    assert chi_square_applies(x, n, y, m).tolist() == [expected]


def test_every_small_table_agrees_with_scipy() -> None:
    random = Random(20220226)
    pairs = [_random_pair(random) for _ in range(400)]

    found = compared(*(np.array(column) for column in zip(*pairs, strict=True)))

    for (x, n, y, m), p_value, by_chi_square in zip(pairs, found.p_values, found.is_chi_square, strict=True):
        table = np.array([[x, n - x], [y, m - y]])
        expected = chi2_contingency(table, correction=False)[1] if by_chi_square else fisher_exact(table)[1]
        assert p_value == pytest.approx(expected, abs=1e-10), table


@pytest.mark.parametrize("pair", [(3, 21, 0, 24), (18, 21, 18, 24), (10, 15, 2, 19), (1, 1, 0, 1)])
def test_fisher_equals_the_sum_in_exact_fractions(pair: Pair) -> None:
    x, n, y, m = pair
    ways = {k: comb(n, k) * comb(m, x + y - k) for k in range(max(0, x + y - m), min(n, x + y) + 1)}
    exact = Fraction(sum(w for w in ways.values() if w <= ways[x]), sum(ways.values()))

    found = fisher_p_values(*(np.array([v]) for v in pair))

    assert found[0] == pytest.approx(float(exact), abs=1e-12)


def test_comparison_with_nobody_has_no_figure() -> None:
    found = compared(*(np.array([v]) for v in (0, 0, 3, 24)))

    assert np.isnan([found.differences[0], found.lows[0], found.highs[0], found.p_values[0]]).all()


def _random_pair(random: Random) -> Pair:
    n, m = random.randint(1, 45), random.randint(1, 45)
    return random.randint(0, n), n, random.randint(0, m), m
