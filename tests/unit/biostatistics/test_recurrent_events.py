"""Mean cumulative events: against ReliaSoft's published example, each influence computed alone, and simulation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from biostatistics.recurrent_events import mean_cumulative_function
from biostatistics.survival import Curve

# ReliaSoft, Recurrent Event Data Analysis (five systems; the last number is the end of observation), also printed
# in the documentation of the Python package reliability.
SYSTEMS = [[5, 10, 15, 17], [6, 13, 17, 19], [12, 20, 25, 26], [13, 15, 24], [16, 22, 25, 28]]
PUBLISHED = {
    5: 0.2, 6: 0.4, 10: 0.6, 12: 0.8, 13: 1.2, 15: 1.6, 16: 1.8, 17: 2.0, 20: 2.33333, 22: 2.66667, 25: 3.66667,
}  # fmt: skip


def curve_of(histories: list[list[float]], has_died: list[bool] | None = None) -> Curve:
    """From each participant's event times with the end of observation last."""
    who = np.array([i for i, times in enumerate(histories) for _ in times[:-1]], dtype=np.int64)
    when = np.array([time for times in histories for time in times[:-1]], dtype=float)
    ends = np.array([times[-1] for times in histories], dtype=float)
    died = np.array(has_died) if has_died else np.zeros(len(histories), dtype=bool)
    return mean_cumulative_function(ends, died, who, when)


def test_mean_equals_the_published_one() -> None:
    found = curve_of(SYSTEMS)

    assert dict(zip(found.times.tolist(), found.estimate.round(5).tolist(), strict=True)) == PUBLISHED


def test_first_step_has_the_published_variance_and_limits() -> None:
    # ReliaSoft adds up steps as if independent, so only its first variance is also the robust one.
    found = curve_of(SYSTEMS)

    assert found.standard_error[0] ** 2 == pytest.approx(0.032)
    assert (found.low[0], found.high[0]) == (
        pytest.approx(0.034649, abs=1e-6),
        pytest.approx(1.154431, abs=1e-6),
    )


def test_complete_observation_gives_the_plain_mean_and_its_standard_error() -> None:
    counts = [0, 3, 1, 0, 7, 2]
    histories = [[*range(1, count + 1), 28] for count in counts]

    found = curve_of(histories)

    assert found.estimate[-1] == pytest.approx(np.mean(counts))
    assert found.standard_error[-1] == pytest.approx(np.std(counts) / np.sqrt(len(counts)))


def test_the_dead_count_in_the_mean_and_have_no_further_event() -> None:
    # Two of four die on day 2 without an event; the other two have one event each on day 10.
    histories: list[list[float]] = [[2], [2], [10, 28], [10, 28]]

    with_death = curve_of(histories, [True, True, False, False])
    as_if_censored = curve_of(histories)

    assert with_death.estimate[-1] == pytest.approx(0.5)
    assert as_if_censored.estimate[-1] == pytest.approx(1.0)


def test_event_on_the_day_of_death_counts() -> None:
    found = curve_of([[3, 3], [28]], [True, False])

    assert found.estimate.tolist() == [0.5]
    assert found.at_risk.tolist() == [2]


@settings(max_examples=60, deadline=None)
@given(some.data())
def test_variance_is_the_sum_of_squared_influences(data: some.DataObject) -> None:
    histories, died = [], []
    for _ in range(data.draw(some.integers(1, 9))):
        end = data.draw(some.integers(0, 8))
        histories.append([*sorted(data.draw(some.lists(some.integers(0, end), max_size=4))), end])
        died.append(data.draw(some.booleans()))

    found = curve_of(histories, died)

    times, mean, variance = by_influences(histories, died)
    kept = np.isin(times, found.times)
    assert found.estimate == pytest.approx(mean[kept])
    assert found.standard_error**2 == pytest.approx(variance[kept], abs=1e-12)
    assert (found.low <= found.estimate).all()
    assert (found.estimate <= found.high).all()
    assert (np.diff(found.estimate) >= 0).all()


def test_standard_error_is_the_spread_of_many_trials_and_the_mean_is_right() -> None:
    random = np.random.default_rng(11)
    found = [simulated(random) for _ in range(400)]

    estimates, errors = (np.array(values) for values in zip(*found, strict=True))
    # Events at 0.1 a day of mean frailty 1 while alive, deaths at 0.05 a day: (0.1/0.05) (1 - exp(-0.05 t)).
    assert estimates.mean() == pytest.approx(2 * (1 - np.exp(-0.05 * 14)), abs=0.02)
    assert errors.mean() == pytest.approx(estimates.std(ddof=1), rel=0.08)


def test_event_after_the_end_of_observation_is_refused() -> None:
    with pytest.raises(ValueError, match="between the start and the end"):
        curve_of([[9, 5]])


def simulated(random: np.random.Generator) -> tuple[float, float]:
    """One trial of 100 whose participants differ in frailty: the mean by day 14 and its standard error."""
    death, cut = random.exponential(1 / 0.05, 100), random.uniform(7, 28, 100)
    ends = np.minimum(death, cut)
    counts = random.poisson(0.1 * random.gamma(1.0, 1.0, 100) * ends)
    who = np.repeat(np.arange(100), counts)
    curve = mean_cumulative_function(ends, death <= cut, who, random.random(len(who)) * ends[who])
    place = int(np.searchsorted(curve.times, 14.0, side="right")) - 1
    return float(curve.estimate[place]), float(curve.standard_error[place])


def by_influences(
    histories: list[list[float]], died: list[bool]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ghosh and Lin 2000, written out: one row per participant, one column per time."""
    times = np.unique([time for history in histories for time in history])
    ends = np.array([history[-1] for history in histories])
    at_risk = (ends[:, None] >= times).astype(float)
    events = np.array([[history[:-1].count(time) for time in times] for history in histories], dtype=float)
    deaths = ((ends[:, None] == times) & np.array(died)[:, None]).astype(float)
    n = at_risk.sum(axis=0)
    rate, hazard = events.sum(axis=0) / n, deaths.sum(axis=0) / n
    alive = np.concatenate([[1.0], np.cumprod(1 - hazard)[:-1]])
    mean = np.cumsum(alive * rate)
    surplus = alive * (events - at_risk * rate) / n
    with np.errstate(divide="ignore", invalid="ignore"):
        surplus_deaths = np.where(hazard < 1, (deaths - at_risk * hazard) / (n * (1 - hazard)), 0.0)
    influences = np.column_stack([
        surplus[:, : k + 1].sum(axis=1) - (surplus_deaths[:, : k + 1] * (mean[k] - mean[: k + 1])).sum(axis=1)
        for k in range(len(times))
    ])  # fmt: skip
    return times, mean, (influences**2).sum(axis=0)
