"""Cumulative incidence with death competing: against remissions, a closed formula, exact shares and simulation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from biostatistics.competing_risks import aalen_johansen
from biostatistics.survival import Curve, kaplan_meier
from tests.unit.reports.remissions import TREATED_RELAPSED, TREATED_WEEKS

NONE, EVENT, DEATH = 0, 1, 2
Histories = tuple[np.ndarray, np.ndarray]


def incidence_of(times: np.ndarray, ends: np.ndarray) -> Curve:
    return aalen_johansen(times, ends == EVENT, ends == DEATH)


# Klein and Moeschberger 1997, bone-marrow transplants: the 54 patients with low-risk acute myelocytic leukaemia. Days to
# relapse or death; then those still free of both.
RELAPSED = [421, 748, 486, 272, 381, 248, 211, 219, 606]
DIED = [414, 2204, 1063, 481, 105, 641, 390, 288, 79, 48, 1074, 10, 53, 80, 35, 704]
STILL_FREE = [
    2569, 2506, 2409, 2218, 1857, 1829, 1562, 1470, 1363, 1030, 860, 1258, 2246, 1870, 1799, 1709, 1674, 1568, 1527, 1324,
    957, 932, 847, 848, 1850, 1843, 1535, 1447, 1384,
]  # fmt: skip


def random_histories(seed: int, size: int) -> Histories:
    random = np.random.default_rng(seed)
    return random.integers(1, 12, size).astype(float), random.integers(0, 3, size)


def test_without_a_competing_event_it_is_the_published_curve_upside_down() -> None:
    # Freireich 1963: 1 - 0.8571, 1 - 0.4482; Greenwood's standard errors 0.0764 and 0.1346.
    found = aalen_johansen(TREATED_WEEKS, TREATED_RELAPSED, np.zeros(21, dtype=bool))

    assert found.estimate.round(4).tolist() == [0.1429, 0.1933, 0.2471, 0.3098, 0.3725, 0.4622, 0.5518]
    assert found.standard_error.round(4).tolist() == [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346]


def test_relapses_with_deaths_competing_are_as_published() -> None:
    # R's cmprsk 2.2-12, as the CAMIS project prints it for 1, 1.5, 2 and 3 years: 0.0741, 0.1296, 0.1481, 0.1667; standard
    # errors by Aalen's variance, a little larger than ours: 0.0360, 0.0463, 0.0489 and 0.0514.
    times = np.array(RELAPSED + DIED + STILL_FREE, dtype=float)
    ends = np.repeat([EVENT, DEATH, NONE], [len(RELAPSED), len(DIED), len(STILL_FREE)])

    found = incidence_of(times, ends)

    place = np.searchsorted(found.times, np.array([1, 1.5, 2, 3]) * 365.25, side="right") - 1
    assert found.estimate[place].round(4).tolist() == [0.0741, 0.1296, 0.1481, 0.1667]
    assert found.standard_error[place] == pytest.approx([0.0360, 0.0463, 0.0489, 0.0514], rel=0.015)
    assert found.low[place] == pytest.approx([0.0234, 0.0563, 0.0685, 0.0813], abs=0.001)
    assert found.high[place] == pytest.approx([0.1646, 0.2344, 0.2565, 0.2783], abs=0.002)


def test_small_case_by_hand_with_event_and_death_on_one_day() -> None:
    # Day 1: of 5 one has the event and one dies. Day 2: one is censored. Day 3: of 2 one has the event.
    found = incidence_of(np.array([1.0, 1.0, 2.0, 3.0, 4.0]), np.array([EVENT, DEATH, NONE, EVENT, NONE]))

    assert found.at_risk.tolist() == [5, 2]
    assert found.events.tolist() == [1, 1]
    assert found.estimate.tolist() == pytest.approx([1 / 5, 1 / 5 + 3 / 5 * 1 / 2])


@pytest.mark.parametrize("seed", range(8))
def test_variance_equals_the_closed_formula(seed: int) -> None:
    times, ends = random_histories(seed, 40)

    found = incidence_of(times, ends)

    assert found.standard_error**2 == pytest.approx(variance_by_formula(times, ends), abs=1e-14)


def test_one_minus_kaplan_meier_is_too_high_when_people_die() -> None:
    times, ends = random_histories(5, 60)

    right, wrong = incidence_of(times, ends), kaplan_meier(times, ends == EVENT)

    assert right.estimate[-1] < 1 - wrong.estimate[-1] - 0.1


def test_incidence_of_event_death_and_neither_add_up_to_one() -> None:
    times, ends = random_histories(11, 50)

    event, death = incidence_of(times, ends), aalen_johansen(times, ends == DEATH, ends == EVENT)
    neither = kaplan_meier(times, ends != NONE)

    assert event.estimate + death.estimate + neither.estimate == pytest.approx(np.ones(len(event.times)))


def test_standard_error_is_the_spread_of_many_trials() -> None:
    random = np.random.default_rng(20220226)
    found = [simulated(random) for _ in range(600)]

    estimates, errors = (np.array(values) for values in zip(*found, strict=True))
    assert errors.mean() == pytest.approx(estimates.std(ddof=1), rel=0.08)
    # events at 0.06 a day, deaths at 0.03: 2/3 (1 - exp(-0.09 t)) by day 14
    assert estimates.mean() == pytest.approx(2 / 3 * (1 - np.exp(-0.09 * 14)), abs=0.01)


def test_participant_with_both_ends_is_refused() -> None:
    both = np.array([True])

    with pytest.raises(ValueError, match="not both"):
        aalen_johansen(np.array([1.0]), both, both)


@settings(max_examples=50, deadline=None)
@given(some.lists(some.tuples(some.integers(0, 9), some.integers(0, 2)), min_size=1, max_size=40))
def test_curve_rises_within_its_limits_and_is_a_plain_share_without_censoring(
    histories: list[tuple[int, int]],
) -> None:
    times, ends = np.array([t for t, _ in histories], dtype=float), np.array([e for _, e in histories])
    found = incidence_of(times, ends)

    assert (np.diff(found.estimate) >= 0).all()
    inside = ~np.isnan(found.low)
    assert (found.low[inside] <= found.estimate[inside]).all()
    assert (found.estimate[inside] <= found.high[inside]).all()
    complete = incidence_of(times, np.where(ends == NONE, DEATH, ends))
    shares = np.array([((times <= time) & (ends == EVENT)).mean() for time in complete.times])
    assert complete.estimate == pytest.approx(shares)
    assert complete.standard_error == pytest.approx(np.sqrt(shares * (1 - shares) / len(times)), abs=1e-7)


def simulated(random: np.random.Generator) -> tuple[float, float]:
    """One trial of 120 with staggered ends: the incidence by day 14 and its standard error."""
    end = random.exponential(1 / 0.09, 120)
    kind = np.where(random.random(120) < 2 / 3, EVENT, DEATH)
    cut = random.uniform(5, 28, 120)
    curve = incidence_of(np.minimum(end, cut), np.where(end <= cut, kind, NONE))
    place = int(np.searchsorted(curve.times, 14.0, side="right")) - 1
    return float(curve.estimate[place]), float(curve.standard_error[place])


def variance_by_formula(times: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Marubini and Valsecchi 1995, section 10.2: three sums over the earlier times."""
    moments = np.unique(times[ends != NONE])
    n = np.array([(times >= t).sum() for t in moments], dtype=float)
    d = np.array([((times == t) & (ends != NONE)).sum() for t in moments], dtype=float)
    own = np.array([((times == t) & (ends == EVENT)).sum() for t in moments], dtype=float)
    before = np.concatenate([[1.0], np.cumprod(1 - d / n)[:-1]])
    incidence = np.cumsum(before * own / n)
    variances = []
    for k in range(len(moments)):
        gap = incidence[k] - incidence[: k + 1]
        past = slice(0, k + 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            first = np.where(gap == 0, 0.0, gap**2 * d[past] / (n[past] * (n[past] - d[past])))
        second = before[past] ** 2 * own[past] * (n[past] - own[past]) / n[past] ** 3
        third = gap * before[past] * own[past] / n[past] ** 2
        variances.append((first + second - 2 * third).sum())
    return np.array(variances)
