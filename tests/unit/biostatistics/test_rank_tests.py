"""Rank tests against Hollander and Wolfe's placental permeability, and against all orders counted out."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from biostatistics.rank_tests import LARGEST_PAIRS, TooManyPairsError, rank_sum

# Hollander and Wolfe 1973, p. 69: permeability of the placenta at term and at 12 to 26 weeks (R's ?wilcox.test).
AT_TERM = np.array([0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46])
EARLY = np.array([1.15, 0.88, 0.90, 0.74, 1.21])


def test_shift_and_test_equal_the_published_ones() -> None:
    found = rank_sum(AT_TERM, EARLY)

    assert found.statistic == 35  # R: W = 35, one-sided p = 0.1272
    assert round(found.p_value / 2, 4) == 0.1272
    assert found.estimate == pytest.approx(0.305)
    assert (found.low, found.high) == (pytest.approx(-0.15), pytest.approx(0.76))
    assert found.method == "wilcoxon_exact"


def test_exact_p_value_is_the_share_of_all_orders_at_least_as_far_out() -> None:
    values, others = np.array([3.0, 7.0, 9.0]), np.array([1.0, 2.0, 4.0, 8.0])
    every = np.concatenate([values, others])
    centre = len(values) * len(others) / 2
    counts = [
        np.sum(every[list(chosen)][:, None] > np.delete(every, chosen))
        for chosen in combinations(range(7), 3)
    ]

    found = rank_sum(values, others)

    as_far = [abs(count - centre) >= abs(found.statistic - centre) for count in counts]
    assert found.p_value == pytest.approx(np.mean(as_far))


def test_limits_are_the_shifts_that_the_test_does_not_reject() -> None:
    found, near = rank_sum(AT_TERM, EARLY), 1e-6

    for limit, inwards in ((found.low, near), (found.high, -near)):
        assert rank_sum(AT_TERM - limit - inwards, EARLY).p_value > 0.05
        assert rank_sum(AT_TERM - limit + inwards, EARLY).p_value <= 0.05


def test_ties_of_small_samples_take_every_split_of_the_tied_ranks() -> None:
    values, others = np.array([0, 0, 12, 28.0, 28]), np.array([0, 5, 28.0, 28, 28])
    every = np.concatenate([values, others])
    ranks = np.array([np.sum(every < one) + (np.sum(every == one) + 1) / 2 for one in every])
    sums = [ranks[list(chosen)].sum() for chosen in combinations(range(10), 5)]

    found = rank_sum(values, others)

    assert found.method == "wilcoxon_permutation"
    as_far = [abs(each - np.mean(sums)) >= abs(ranks[:5].sum() - np.mean(sums)) - 1e-9 for each in sums]
    assert found.p_value == pytest.approx(np.mean(as_far))


def test_days_free_of_ventilation_may_all_be_equal() -> None:
    equal = rank_sum(np.zeros(4), np.zeros(4))

    assert (equal.estimate, equal.low, equal.high, equal.p_value) == (0.0, 0.0, 0.0, 1.0)


def test_samples_too_small_to_hold_the_level_have_no_limits() -> None:
    assert not np.isfinite(rank_sum(np.array([1.0, 2, 3]), np.array([4.0, 5, 6, 7])).low)  # 1/35 > 0.025
    assert np.isfinite(rank_sum(np.array([1.0, 2, 3, 4]), np.array([5.0, 6, 7, 8])).low)  # 1/70


def test_small_sample_against_a_very_large_one_is_drawn() -> None:
    large = np.arange(3000.0)

    found = rank_sum(np.linspace(10, 2990, 8), large)

    assert found.low < 0 < found.high
    assert found.p_value > 0.9


def test_normal_limits_cover_the_true_shift_as_often_as_they_say() -> None:
    random = np.random.default_rng(2)
    found = [rank_sum(random.normal(2, 3, 55), random.normal(0, 3, 55)) for _ in range(300)]

    assert {shift.method for shift in found} == {"wilcoxon_normal"}
    assert 0.92 <= np.mean([shift.low <= 2 <= shift.high for shift in found]) <= 0.98


def test_bad_samples_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        rank_sum(np.array([]), EARLY)
    with pytest.raises(ValueError, match="recorded"):
        rank_sum(np.array([np.nan]), EARLY)
    with pytest.raises(TooManyPairsError):
        rank_sum(np.zeros(LARGEST_PAIRS), np.zeros(2))


@settings(max_examples=40, deadline=None)
@given(
    some.lists(some.integers(0, 28), min_size=1, max_size=20),
    some.lists(some.integers(0, 28), min_size=1, max_size=20),
)
def test_shift_lies_within_its_limits_and_turns_round_with_the_arms(
    mine: list[int], theirs: list[int]
) -> None:
    values, others = np.array(mine, dtype=float), np.array(theirs, dtype=float)
    there, back = rank_sum(values, others), rank_sum(others, values)

    assert 0 <= there.p_value <= 1
    assert there.low <= there.estimate <= there.high
    assert (there.estimate, there.low, there.p_value) == (
        -back.estimate, -back.high, pytest.approx(back.p_value),
    )  # fmt: skip
