"""Survival against Freireich's remissions, scipy, and counting by hand."""

import math
import warnings
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from hypothesis.extra import numpy as arrays
from scipy import stats

from biostatistics.survival import at_risk_at, kaplan_meier, log_rank, permuted_log_rank
from tests.unit.reports.remissions import PLACEBO_RELAPSED, PLACEBO_WEEKS, TREATED_RELAPSED, TREATED_WEEKS

PUBLISHED = [  # week, at risk, estimate, Greenwood's standard error, log(-log) limits, as Stata's sts list prints
    (6, 21, 0.8571, 0.0764, 0.6197, 0.9516),
    (7, 17, 0.8067, 0.0869, 0.5631, 0.9228),
    (10, 15, 0.7529, 0.0963, 0.5032, 0.8894),
    (13, 12, 0.6902, 0.1068, 0.4316, 0.8491),
    (16, 11, 0.6275, 0.1141, 0.3675, 0.8049),
    (22, 7, 0.5378, 0.1282, 0.2678, 0.7468),
    (23, 6, 0.4482, 0.1346, 0.1881, 0.6801),
]


def test_curve_equals_the_published_one() -> None:
    found = kaplan_meier(TREATED_WEEKS, TREATED_RELAPSED)

    columns = (found.estimate, found.standard_error, found.low, found.high)
    rounded = [column.round(4).tolist() for column in columns]
    assert list(zip(found.times.tolist(), found.at_risk.tolist(), *rounded, strict=True)) == PUBLISHED


def test_log_rank_equals_the_published_one() -> None:
    weeks = np.concatenate([TREATED_WEEKS, PLACEBO_WEEKS])
    relapsed = np.concatenate([TREATED_RELAPSED, PLACEBO_RELAPSED])

    found = log_rank(weeks, relapsed, np.repeat([0, 1], 21))

    assert found is not None
    assert round(found.statistic, 2) == 16.79  # chi-square on 1 degree of freedom
    assert found.expected.round(2).tolist() == [19.25, 10.75]
    assert found.observed.tolist() == [9, 21]


def test_curve_and_test_equal_scipys() -> None:
    random = np.random.default_rng(3)

    for _ in range(20):
        weeks, other = (np.ceil(random.exponential(8, size)) for size in (25, 31))
        died, other_died = random.random(25) < 0.6, random.random(31) < 0.8
        mine, theirs = kaplan_meier(weeks, died), stats.ecdf(censored(weeks, died)).sf
        limits = limits_of(theirs)
        assert mine.estimate == pytest.approx(theirs.evaluate(mine.times), abs=1e-12)
        inside = ~np.isnan(mine.low)
        assert mine.low[inside] == pytest.approx(limits.low.evaluate(mine.times)[inside], abs=1e-12)
        assert mine.high[inside] == pytest.approx(limits.high.evaluate(mine.times)[inside], abs=1e-12)
        test = log_rank(
            np.concatenate([weeks, other]), np.concatenate([died, other_died]), np.repeat([0, 1], [25, 31])
        )
        expected = stats.logrank(censored(weeks, died), censored(other, other_died))
        assert test is not None
        assert test.p_value == pytest.approx(expected.pvalue, abs=1e-10)


def test_three_groups_are_compared_with_two_degrees_of_freedom() -> None:
    weeks = np.concatenate([TREATED_WEEKS, PLACEBO_WEEKS, PLACEBO_WEEKS])
    relapsed = np.concatenate([TREATED_RELAPSED, PLACEBO_RELAPSED, PLACEBO_RELAPSED])

    found = log_rank(weeks, relapsed, np.repeat([0, 1, 2], 21))

    assert found is not None
    assert found.degrees_of_freedom == 2
    assert (found.observed - found.expected).sum() == pytest.approx(0, abs=1e-9)
    assert found.expected[1] == pytest.approx(found.expected[2])


def test_value_at_a_time_is_that_of_the_last_step() -> None:
    found = kaplan_meier(TREATED_WEEKS, TREATED_RELAPSED)

    assert found.at(5.9)[0] == 1.0
    assert math.isnan(found.at(5.9)[1])
    assert found.at(6.0)[0] == found.at(6.9)[0] == pytest.approx(18 / 21)


def test_censored_at_the_time_of_an_event_are_still_at_risk() -> None:
    found = kaplan_meier(np.array([2.0, 2.0, 3.0]), np.array([True, False, True]))

    assert found.at_risk.tolist() == [3, 1]
    assert found.estimate.tolist() == pytest.approx([2 / 3, 0.0])
    assert np.isnan([found.low[1], found.high[1]]).all()


def test_nothing_to_compare_gives_no_test() -> None:
    two, none = np.array([1.0, 2.0]), np.zeros(2, dtype=bool)

    assert log_rank(two, none, np.array([0, 1])) is None
    assert log_rank(two, ~none, np.array([0, 0])) is None


@pytest.mark.parametrize("times", [[], [-1.0], [float("nan")]])
def test_impossible_times_are_refused(times: list[float]) -> None:
    with pytest.raises(ValueError, match="times"):
        kaplan_meier(np.array(times), np.zeros(len(times), dtype=bool))
    with pytest.raises(ValueError, match="as many"):
        kaplan_meier(np.array([1.0]), np.zeros(2, dtype=bool))


@settings(max_examples=50, deadline=None)
@given(some.integers(1, 40).flatmap(lambda n: some.tuples(
    arrays.arrays(float, n, elements=some.integers(0, 12).map(float)), arrays.arrays(bool, n))))  # fmt: skip
def test_curve_falls_within_its_limits_and_ends_as_a_plain_share_when_nobody_is_censored(
    given_times: tuple[np.ndarray, np.ndarray],
) -> None:
    times, died = given_times
    found = kaplan_meier(times, died)

    assert (np.diff(found.estimate) <= 0).all()
    inside = ~np.isnan(found.low)
    assert (found.low[inside] <= found.estimate[inside]).all()
    assert (found.estimate[inside] <= found.high[inside]).all()
    assert found.at_risk.tolist() == at_risk_at(times, found.times).tolist()
    everybody = kaplan_meier(times, np.ones_like(died))
    shares = [(times > time).mean() for time in everybody.times]
    assert everybody.estimate == pytest.approx(shares)
    expected = np.sqrt(np.array(shares) * (1 - np.array(shares)) / len(times))
    assert everybody.standard_error == pytest.approx(expected)


def censored(times: np.ndarray, died: np.ndarray) -> stats.CensoredData:
    return stats.CensoredData(uncensored=times[died], right=times[~died])


def limits_of(curve: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scipy warns where a limit is not defined, as ours is NaN
        return curve.confidence_interval(method="log-log")


def test_permuted_log_rank_is_the_share_of_all_splits_as_far_from_what_was_expected() -> None:
    times, is_event = np.array([1.0, 2, 4, 4, 5, 6, 7, 9]), np.array([1, 0, 1, 1, 0, 1, 1, 0], dtype=bool)
    is_own = np.arange(8) < 3

    def excess(chosen: np.ndarray) -> float:
        found = log_rank(times, is_event, (~chosen).astype(np.int64))
        assert found is not None
        return abs(float(found.observed[0] - found.expected[0]))

    splits = [np.isin(np.arange(8), own) for own in combinations(range(8), 3)]
    as_far = [excess(chosen) >= excess(is_own) - 1e-9 for chosen in splits]

    assert permuted_log_rank(times, is_event, is_own) == pytest.approx(np.mean(as_far))


def test_permuted_log_rank_of_nothing_to_compare_is_none() -> None:
    times, nobody = np.array([1.0, 2.0, 3.0]), np.zeros(3, dtype=bool)

    assert permuted_log_rank(times, nobody, np.array([True, False, False])) is None
    assert permuted_log_rank(times, ~nobody, ~nobody) is None
