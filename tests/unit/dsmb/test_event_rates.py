import math

import pytest
from scipy.optimize import brentq
from scipy.stats import poisson

from dsmb.rules.event_rates import poisson_rate


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
