"""Intervals against Newcombe 1998 (Stat Med 17:857-872) and against a second way to find each limit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy.stats import binom, norm

from biostatistics.proportions import (
    clopper_pearson,
    clopper_pearson_limits,
    squared_and_added,
    upper_limit_for_zero,
    wilson_limits,
)

PUBLISHED = [
    (15, 148, (0.0578, 0.1617), (0.0624, 0.1605)),
    (0, 20, (0.0, 0.1684), (0.0, 0.1611)),
    (1, 29, (0.0009, 0.1776), (0.0061, 0.1718)),
]
Limits = tuple[float, float]
SECOND_METHOD = [(0, 1), (1, 1), (0, 21), (3, 21), (6, 24), (24, 24), (7, 100), (99, 100)]


def wilson(count: int, denominator: int) -> Limits:
    low, high = wilson_limits(np.array([count]), np.array([denominator]))
    return float(low[0]), float(high[0])


@pytest.mark.parametrize(("count", "denominator", "exact", "score"), PUBLISHED)
def test_intervals_equal_the_published_ones(
    count: int, denominator: int, exact: tuple[float, float], score: tuple[float, float]
) -> None:
    by_exact, (low, high) = clopper_pearson(count, denominator), wilson(count, denominator)

    assert (round(by_exact.low, 4), round(by_exact.high, 4)) == exact
    assert (round(low, 4), round(high, 4)) == score


@pytest.mark.parametrize(("count", "denominator"), SECOND_METHOD)
def test_clopper_pearson_inverts_the_binomial_test(count: int, denominator: int) -> None:
    found = clopper_pearson(count, denominator)

    if count > 0:
        assert binom.sf(count - 1, denominator, found.low) == pytest.approx(0.025, abs=1e-9)
    if count < denominator:
        assert binom.cdf(count, denominator, found.high) == pytest.approx(0.025, abs=1e-9)


@pytest.mark.parametrize("count", [0, 21])
def test_clopper_pearson_of_none_and_of_all_has_one_closed_end(count: int) -> None:
    found = clopper_pearson(count, 21)

    assert (found.low == 0.0, found.high == 1.0) == (count == 0, count == 21)


@pytest.mark.parametrize(("count", "denominator"), SECOND_METHOD)
def test_wilson_inverts_the_score_test(count: int, denominator: int) -> None:
    (low, high), z, p = wilson(count, denominator), float(norm.ppf(0.975)), count / denominator

    for limit in (low, high):
        assert (p - limit) ** 2 == pytest.approx(z**2 * limit * (1 - limit) / denominator, abs=1e-12)
    assert low <= p <= high
    assert low < high


@pytest.mark.parametrize(("denominator", "percent"), [(57, 5.1), (21, 13.3), (1, 95.0), (59, 5.0)])
def test_upper_limit_for_zero_is_one_sided(denominator: int, percent: float) -> None:
    found = upper_limit_for_zero(denominator)

    assert round(100 * found.high, 1) == percent
    assert (1 - found.high) ** denominator == pytest.approx(0.05)
    assert found.method == "exact_one_sided"


def test_two_sided_limit_of_a_zero_is_above_the_one_sided() -> None:
    assert clopper_pearson(0, 57).high > upper_limit_for_zero(57).high


@pytest.mark.parametrize(("count", "denominator"), [(-1, 5), (6, 5), (0, 0)])
def test_intervals_refuse_impossible_counts(count: int, denominator: int) -> None:
    with pytest.raises(ValueError, match=r"count|denominator"):
        clopper_pearson(count, denominator)


def test_limits_of_nobody_are_missing() -> None:
    nothing = np.array([0])

    assert np.isnan(clopper_pearson_limits(nothing, nothing)).all()
    assert np.isnan(wilson_limits(nothing, nothing)).all()


@settings(max_examples=25, deadline=None)
@given(some.data())
def test_every_interval_holds_its_estimate_and_mirrors_when_yes_and_no_are_swapped(
    data: some.DataObject,
) -> None:
    denominator = data.draw(some.integers(1, 300))
    count = data.draw(some.integers(0, denominator))

    found, swapped = clopper_pearson(count, denominator), clopper_pearson(denominator - count, denominator)
    assert 0 <= found.low <= count / denominator <= found.high <= 1
    assert (found.low, found.high) == (
        pytest.approx(1 - swapped.high, abs=1e-9),
        pytest.approx(1 - swapped.low, abs=1e-9),
    )
    assert clopper_pearson(count, denominator, level=0.99).high >= found.high


@settings(max_examples=50, deadline=None)
@given(some.lists(some.floats(0, 1), min_size=6, max_size=6))
def test_difference_of_two_probabilities_stays_in_its_range(six: list[float]) -> None:
    (low, p, high), (reference_low, q, reference_high) = sorted(six[:3]), sorted(six[3:])

    least, most = squared_and_added((p, low, high), (q, reference_low, reference_high))

    assert -1 - 1e-12 <= least <= p - q <= most <= 1 + 1e-12
