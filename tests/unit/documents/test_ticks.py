"""Ticks at round numbers: most of the table is what matplotlib 3.11 gave, so that figures stay as they were."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as some

from documents.ticks import COARSE, FINE, ticks_around, ticks_within, whole_ticks


@pytest.mark.parametrize(
    ("low", "high", "most", "expected"),
    [
        (0, 1, 5, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (0, 100, 5, [0, 20, 40, 60, 80, 100]),
        (62, 118, 4, [60, 75, 90, 105, 120]),
        (63.5, 97.25, 3, [60, 75, 90, 105]),
        (-3, 7, 4, [-5, -2.5, 0, 2.5, 5, 7.5]),
        (-0.35, -0.05, 3, [-0.4, -0.3, -0.2, -0.1, 0]),
        (1e-9, 9e-9, 4, [0, 2e-9, 4e-9, 6e-9, 8e-9, 1e-8]),
        (0, 2.5e12, 4, [0, 8e11, 1.6e12, 2.4e12, 3.2e12]),
        (-4e8, 4e8, 4, [-4e8, -2e8, 0, 2e8, 4e8]),
        (0, 0.3, 3, [0, 0.1, 0.2, 0.3]),
        # Without extent: a tenth of the value, or one half around zero, on both sides.
        (80, 80, 4, [72, 76, 80, 84, 88]),
        (-80, -80, 4, [-88, -84, -80, -76, -72]),
        (0, 0, 4, [-0.5, -0.25, 0, 0.25, 0.5]),
        (1e-12, 1e-12, 4, [9e-13, 9.5e-13, 1e-12, 1.05e-12, 1.1e-12]),
        # Far from zero ticks are still multiples of their distance (matplotlib began at 1000).
        (1000.2, 1001.1, 3, [1000.2, 1000.5, 1000.8, 1001.1]),
    ],
)
def test_ticks_around_a_range(low: float, high: float, most: int, expected: list[float]) -> None:
    assert ticks_around(low, high, most) == pytest.approx(expected, rel=1e-12, abs=1e-24)


@pytest.mark.parametrize(
    ("low", "high", "most", "expected"),
    [
        (0, 1, 5, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (-2.2, 2.2, 6, [-2, -1, 0, 1, 2]),
        (0.5, 28.9, 6, [5, 10, 15, 20, 25]),
        (0, 0.3, 3, [0, 0.1, 0.2, 0.3]),
        (0, 7, 6, [0, 2, 4, 6]),
        (-1e-6, 1e-6, 4, [-1e-6, -5e-7, 0, 5e-7, 1e-6]),
    ],
)
def test_ticks_within_a_range(low: float, high: float, most: int, expected: list[float]) -> None:
    assert ticks_within(low, high, most) == pytest.approx(expected, rel=1e-12, abs=1e-24)


@pytest.mark.parametrize(
    ("high", "expected"),
    [
        (1, [0, 1]),
        (3, [0, 1, 2, 3]),
        (6, [0, 1, 2, 3, 4, 5, 6]),
        (7, [0, 2, 4, 6, 8]),
        (46.2, [0, 10, 20, 30, 40, 50]),
        (139, [0, 50, 100, 150]),
        (100_000, [0, 20_000, 40_000, 60_000, 80_000, 100_000]),
    ],
)
def test_axis_of_counts_has_whole_ticks(high: float, expected: list[float]) -> None:
    assert whole_ticks(high, 6) == expected


@pytest.mark.parametrize(("low", "high"), [(2, 1), (math.nan, 1), (0, math.inf), (-math.inf, 0)])
def test_bounds_that_are_no_range_are_refused(low: float, high: float) -> None:
    with pytest.raises(ValueError, match="two finite bounds in order"):
        ticks_around(low, high, 4)


@given(
    some.floats(-1e9, 1e9),
    some.floats(1e-3, 1e9),
    some.integers(3, 8),
    some.sampled_from([COARSE, FINE]),
)
def test_ticks_enclose_the_range_and_at_least_two_lie_inside(
    low: float, extent: float, most: int, steps: tuple[float, ...]
) -> None:
    high = low + extent

    ticks = ticks_around(low, high, most, steps)

    slack = 1e-6 * extent + 1e-6
    assert ticks[0] <= low + slack
    assert ticks[-1] >= high - slack
    assert len(ticks_within(low, high, most, steps)) >= 2
    assert ticks == sorted(set(ticks))


def test_no_tick_is_a_negative_zero_or_shows_the_noise_of_a_product() -> None:
    ticks = ticks_around(-0.3, 0.7, 10)

    assert "-0.0" not in {repr(tick) for tick in ticks}
    assert [repr(tick) for tick in ticks] == [
        "-0.3", "-0.2", "-0.1", "0.0", "0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7",
    ]  # fmt: skip
