"""Rates against Garwood's limits, R's and Stata's published examples, and against the laws they come from."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy.optimize import brentq
from scipy.stats import binom, poisson

from biostatistics.event_rates import event_rate, incidence, poisson_rate, rate_difference, rate_ratio


@pytest.mark.parametrize(
    ("count", "low", "high"),
    # The exact limits of small counts, as tabulated since Garwood F, Biometrika 1936;28:437-442.
    [(0, 0.0, 3.6889), (1, 0.0253, 5.5716), (10, 4.7954, 18.3904)],
)
def test_limits_equal_the_published_ones(count: int, low: float, high: float) -> None:
    found = poisson_rate(count, 1.0)

    assert (found.low, found.high) == (pytest.approx(low, abs=6e-5), pytest.approx(high, abs=6e-5))


@pytest.mark.parametrize("count", [0, 1, 7, 42])
def test_limits_invert_the_poisson_test(count: int) -> None:
    found = poisson_rate(count, 588.0)

    above = brentq(lambda m: poisson.cdf(count, m) - 0.025, 1e-9, 400, xtol=1e-12)
    assert found.high * 588 == pytest.approx(above, abs=1e-8)
    if count:
        below = brentq(lambda m: poisson.sf(count - 1, m) - 0.025, 1e-9, 400, xtol=1e-12)
        assert found.low * 588 == pytest.approx(below, abs=1e-8)


def test_rate_is_per_unit_of_exposure() -> None:
    found = poisson_rate(6, 300.0)

    assert found.rate == 0.02
    assert found.low < found.rate < found.high


@pytest.mark.parametrize(("count", "exposure"), [(-1, 1.0), (1, 0.0), (1, -2.0), (1, math.nan)])
def test_rate_refuses_what_is_impossible(count: int, exposure: float) -> None:
    with pytest.raises(ValueError, match=r"count|exposure"):
        poisson_rate(count, exposure)


@pytest.mark.parametrize(
    ("counts", "exposures", "ratio", "low", "high"),
    [
        # R documentation, ?poisson.test: 11 in 800 and 6 + 8 + 7 in 1083 + 1050 + 878.
        ((11, 21), (800, 3011), 1.971488, 0.8584264, 4.2772659),
        # Stata manual [R] epitab, ir: breast cancer and fluoroscopy (Rothman), exact limits.
        ((41, 15), (28010, 19017), 1.855759, 1.005684, 3.6093),
    ],
)
def test_ratio_equals_the_published_one(
    counts: tuple[int, int], exposures: tuple[int, int], ratio: float, low: float, high: float
) -> None:
    found = rate_ratio(*(event_rate(*pair) for pair in zip(counts, exposures, strict=True)))

    assert found.estimate == pytest.approx(ratio, abs=5e-7)
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-7), pytest.approx(high, abs=6e-7))


def test_p_value_of_the_ratio_equals_the_published_one() -> None:
    assert round(rate_ratio(event_rate(11, 800), event_rate(21, 3011)).p_value, 5) == 0.07967  # ?poisson.test


@pytest.mark.parametrize(("count", "other"), [(3, 7), (0, 5), (12, 1)])
def test_limits_of_the_ratio_leave_a_fortieth_outside(count: int, other: int) -> None:
    found, both = rate_ratio(event_rate(count, 100.0), event_rate(other, 250.0)), count + other

    def share(ratio: float) -> float:
        return ratio * 100 / (ratio * 100 + 250)

    assert binom.cdf(count, both, share(found.high)) == pytest.approx(0.025, abs=1e-9)
    if count:
        assert binom.sf(count - 1, both, share(found.low)) == pytest.approx(0.025, abs=1e-9)
    else:
        assert found.low == 0.0


def test_ratio_without_events_on_one_side_or_both() -> None:
    none, some_events = event_rate(0, 100.0), event_rate(4, 100.0)

    assert rate_ratio(some_events, none).estimate == rate_ratio(some_events, none).high == math.inf
    assert rate_ratio(none, some_events).estimate == rate_ratio(none, some_events).low == 0.0
    assert math.isnan(rate_ratio(none, none).estimate)
    assert rate_ratio(none, none).p_value == 1.0
    assert rate_difference(none, none).low < 0 < rate_difference(none, none).high


def test_difference_is_near_the_published_large_sample_limits() -> None:
    # Stata manual [R] epitab, ir: difference .0006749, Wald limits .0000749 and .0012749; ours are exact-based.
    found = rate_difference(incidence(41, 28010), incidence(15, 19017))

    assert found.estimate == pytest.approx(0.0006749, abs=1e-7)
    assert (found.low, found.high) == (pytest.approx(0.0000749, abs=7e-5), pytest.approx(0.0012749, abs=7e-5))


def test_difference_covers_what_it_claims_over_all_outcomes() -> None:
    times, means = (200.0, 300.0), (6.0, 4.0)
    truth = means[0] / times[0] - means[1] / times[1]
    chances = [poisson.pmf(np.arange(25), mean) for mean in means]

    covered = 0.0
    for x in range(17):
        for y in range(14):
            found = rate_difference(event_rate(x, times[0]), event_rate(y, times[1]))
            covered += chances[0][x] * chances[1][y] * (found.low <= truth <= found.high)

    assert 0.95 <= covered <= 0.99


def test_participants_and_events_are_not_compared() -> None:
    with pytest.raises(TypeError, match="participants and events"):
        rate_ratio(incidence(3, 100.0), event_rate(7, 200.0))  # type: ignore[type-var]
    with pytest.raises(TypeError, match="participants and events"):
        rate_difference(event_rate(3, 100.0), incidence(7, 200.0))  # type: ignore[type-var]
    with pytest.raises(ValueError, match="level"):
        rate_ratio(event_rate(3, 100.0), event_rate(7, 200.0, level=0.9))


@settings(max_examples=40, deadline=None)
@given(some.integers(0, 40), some.integers(0, 40), some.floats(1, 1e4), some.floats(1, 1e4))
def test_comparisons_hold_their_estimate_and_turn_round_with_the_arms(
    x: int, y: int, t: float, u: float
) -> None:
    arm, reference = event_rate(x, t), event_rate(y, u)
    there, back = rate_difference(arm, reference), rate_difference(reference, arm)

    assert there.low <= there.estimate <= there.high
    assert (there.low, there.high) == (pytest.approx(-back.high), pytest.approx(-back.low))
    if x and y:
        ratio, inverse = rate_ratio(arm, reference), rate_ratio(reference, arm)
        assert ratio.low <= ratio.estimate <= ratio.high
        assert ratio.low == pytest.approx(1 / inverse.high)
