"""Limits and p-values of small arms against enumeration of all possibilities."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy.stats import fisher_exact

from biostatistics.proportions import clopper_pearson
from biostatistics.small_samples import (
    DRAWS,
    limits_of_every_course,
    orders,
    p_value_of_every_course,
    permutation_p_value,
)


def limits(count: int, not_followed: int, size: int) -> tuple[float, float]:
    low, high = limits_of_every_course(*(np.array([n]) for n in (count, not_followed, size)))
    return float(low[0]), float(high[0])


def test_complete_follow_up_has_the_exact_limits_of_the_counts() -> None:
    exact = clopper_pearson(3, 4)

    assert limits(3, 0, 4) == (exact.low, exact.high)
    assert p_value_of_every_course((3, 0, 4), (1, 0, 5)) == pytest.approx(0.2063, abs=1e-4)  # Fisher


@settings(max_examples=40, deadline=None)
@given(some.data())
def test_limits_hold_every_course_of_who_was_not_followed(data: some.DataObject) -> None:
    size = data.draw(some.integers(1, 19))
    count = data.draw(some.integers(0, size))
    missing = data.draw(some.integers(0, size - count))

    low, high = limits(count, missing, size)

    for possible in range(count, count + missing + 1):
        exact = clopper_pearson(possible, size)
        assert 0 <= low <= exact.low <= exact.high <= high <= 1


def test_p_value_is_the_largest_of_every_course() -> None:
    own, reference = (2, 2, 5), (0, 1, 4)

    every = [fisher_exact(np.array([[x, 5 - x], [y, 4 - y]]))[1] for x in (2, 3, 4) for y in (0, 1)]

    assert p_value_of_every_course(own, reference) == pytest.approx(max(every))


def test_permutation_counts_every_split() -> None:
    scores, is_own = np.array([3.0, 1, 4, 1, 5, 9, 2]), np.array([0, 0, 1, 0, 1, 1, 0], dtype=bool)
    centred = scores - scores.mean()
    sums = [abs(centred[list(chosen)].sum()) for chosen in combinations(range(7), 3)]

    found = permutation_p_value(scores, is_own)

    assert found == pytest.approx(np.mean([each >= abs(centred[is_own].sum()) - 1e-9 for each in sums]))


def test_permutation_of_many_is_drawn_from_a_fixed_seed_and_never_0() -> None:
    scores = np.arange(60.0)
    is_own = scores < 15

    assert permutation_p_value(scores, is_own) == permutation_p_value(scores, is_own) == 1 / (DRAWS + 1)


def test_permutation_of_equal_scores_and_of_an_empty_group_finds_nothing() -> None:
    assert permutation_p_value(np.ones(6), np.arange(6) < 3) == 1.0
    assert permutation_p_value(np.arange(4.0), np.zeros(4, dtype=bool)) == 1.0


@pytest.mark.parametrize(
    ("values", "count"),
    [
        ([1.0, 1, 0, 0, 0], 10),
        ([1.0, 2, 3], 6),
        (list(range(12)), DRAWS + 1),
        ([1.0] * 15 + [0.0] * 15, DRAWS + 1),
    ],
)
def test_orders_are_all_or_a_drawn_part_with_the_observed_one(values: list[float], count: int) -> None:
    found = np.vstack(list(orders(np.array(values, dtype=float))))

    assert len(found) == count
    assert (np.sort(found, axis=1) == np.sort(values)).all()
    assert (found == np.array(values)).all(axis=1).any()
