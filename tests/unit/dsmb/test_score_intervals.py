"""Score intervals against Newcombe 1998, Gart and Nam 1990 and Koopman 1984, and against the tests they invert."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy.optimize import minimize_scalar
from scipy.stats import chi2, norm

from dsmb.rules.score_intervals import (
    Participants,
    difference_score,
    koopman,
    mee,
    miettinen_nurminen,
    ratio_score,
)

Pair = tuple[int, int, int, int]
NEWCOMBE_METHODS_5_AND_6 = [  # Newcombe RG, Stat Med 1998;17:873-890, Table II
    ((56, 70, 48, 80), (0.0533, 0.3377), (0.0528, 0.3382)),
    ((9, 10, 3, 10), (0.1821, 0.8370), (0.1700, 0.8406)),
    ((6, 7, 2, 7), (0.0544, 0.8478), (0.0342, 0.8534)),
    ((5, 56, 0, 29), (-0.0313, 0.1926), (-0.0326, 0.1933)),
    ((0, 10, 0, 20), (-0.1611, 0.2775), (-0.1658, 0.2844)),
    ((0, 10, 0, 10), (-0.2775, 0.2775), (-0.2879, 0.2879)),
    ((10, 10, 0, 20), (0.7225, 1.0), (0.7156, 1.0)),
    ((10, 10, 0, 10), (0.6777, 1.0), (0.6636, 1.0)),
]


def sides(pair: Pair) -> tuple[Participants, Participants]:
    x, n, y, m = pair
    return Participants(x, n), Participants(y, m)


@pytest.mark.parametrize(("pair", "without", "with_factor"), NEWCOMBE_METHODS_5_AND_6)
def test_difference_equals_the_published_limits(
    pair: Pair, without: tuple[float, float], with_factor: tuple[float, float]
) -> None:
    by_mee, by_both = mee(*sides(pair)), miettinen_nurminen(*sides(pair))

    assert (round(by_mee.low, 4), round(by_mee.high, 4)) == without
    assert (round(by_both.low, 4), round(by_both.high, 4)) == with_factor


def test_difference_equals_gart_and_nam() -> None:
    found = mee(*sides((7, 25, 2, 25)))  # Gart JJ, Nam J. Biometrics 1990;46:637-643

    assert (round(found.low, 3), round(found.high, 3)) == (-0.014, 0.412)


def test_ratio_equals_koopman() -> None:
    found = koopman(*sides((36, 40, 16, 80)))  # Koopman PAR. Biometrics 1984;40:513-517

    assert (found.estimate, round(found.low, 2), round(found.high, 2)) == (4.5, 2.94, 7.15)


@pytest.mark.parametrize("pair", [(6, 21, 6, 24), (3, 21, 0, 24), (0, 7, 2, 9), (5, 5, 1, 6)])
def test_difference_limits_are_where_the_likelihoods_own_maximum_gives_z(pair: Pair) -> None:
    arm, reference = sides(pair)
    found = mee(arm, reference)

    for limit in (found.low, found.high):
        if abs(limit) < 1:
            assert abs(difference_by_search(arm, reference, limit)) == pytest.approx(
                norm.ppf(0.975), abs=1e-4
            )


@pytest.mark.parametrize("pair", [(6, 21, 6, 24), (3, 21, 1, 24), (36, 40, 16, 80)])
def test_ratio_limits_are_where_koopmans_chi_square_leaves_a_twentieth(pair: Pair) -> None:
    arm, reference = sides(pair)
    found = koopman(arm, reference)

    for limit in (found.low, found.high):
        assert chi2.sf(chi_square_by_search(arm, reference, limit), 1) == pytest.approx(0.05, abs=1e-4)


def test_scores_are_the_same_by_closed_form_and_by_search() -> None:
    random = np.random.default_rng(7)

    for _ in range(60):
        n, m = random.integers(1, 30, 2)
        arm, reference = (
            Participants(int(random.integers(0, n + 1)), int(n)),
            Participants(int(random.integers(0, m + 1)), int(m)),
        )
        d, ratio = float(random.uniform(-0.9, 0.9)), float(random.uniform(0.1, 8))
        assert difference_score(arm, reference, d) == pytest.approx(
            difference_by_search(arm, reference, d), rel=1e-3, abs=1e-3
        )
        assert ratio_score(arm, reference, ratio) ** 2 == pytest.approx(
            chi_square_by_search(arm, reference, ratio), rel=1e-3, abs=1e-3
        )


def test_ratio_with_nobody_affected() -> None:
    nobody, some_people = Participants(0, 21), Participants(3, 24)

    assert koopman(some_people, nobody).estimate == koopman(some_people, nobody).high == math.inf
    assert koopman(some_people, nobody).low > 0
    assert koopman(nobody, some_people).estimate == koopman(nobody, some_people).low == 0.0
    assert koopman(nobody, some_people).high < math.inf
    assert math.isnan(koopman(nobody, nobody).estimate)


def test_ratio_of_everybody_to_everybody_is_one_with_limits_around() -> None:
    found = koopman(Participants(10, 10), Participants(10, 10))

    assert found.low < found.estimate == 1.0 < found.high
    assert found.low == pytest.approx(1 / found.high)


@pytest.mark.parametrize(("affected", "evaluable"), [(-1, 5), (6, 5), (0, 0)])
def test_participants_refuse_impossible_counts(affected: int, evaluable: int) -> None:
    with pytest.raises(ValueError, match=r"affected|evaluable"):
        Participants(affected, evaluable)


@settings(max_examples=60, deadline=None)
@given(some.data())
def test_limits_hold_the_estimate_widen_with_the_level_and_turn_round_with_the_arms(
    data: some.DataObject,
) -> None:
    n, m = data.draw(some.integers(1, 60)), data.draw(some.integers(1, 60))
    arm = Participants(data.draw(some.integers(0, n)), n)
    reference = Participants(data.draw(some.integers(0, m)), m)

    for interval in (mee, miettinen_nurminen):
        there, back = interval(arm, reference), interval(reference, arm)
        assert -1 <= there.low <= there.estimate <= there.high <= 1
        assert (there.low, there.high) == (
            pytest.approx(-back.high, abs=1e-7),
            pytest.approx(-back.low, abs=1e-7),
        )
        assert interval(arm, reference, level=0.99).high >= there.high
    if arm.affected and reference.affected:
        ratio, inverse = koopman(arm, reference), koopman(reference, arm)
        assert ratio.low <= ratio.estimate * (1 + 1e-12)
        assert ratio.estimate <= ratio.high * (1 + 1e-12)
        assert ratio.low == pytest.approx(1 / inverse.high, rel=1e-6)


def difference_by_search(arm: Participants, reference: Participants, d: float) -> float:
    """The score with the most likely reference risk found by searching the likelihood."""
    q = most_likely(arm, reference, lambda q: q + d, max(0.0, -d), min(1.0, 1.0 - d))
    p = q + d
    variance = p * (1 - p) / arm.evaluable + q * (1 - q) / reference.evaluable
    return (arm.risk - reference.risk - d) / math.sqrt(variance)


def chi_square_by_search(arm: Participants, reference: Participants, ratio: float) -> float:
    """Koopman's sum of two squares at the most likely reference risk."""
    q = most_likely(arm, reference, lambda q: ratio * q, 0.0, min(1.0, 1 / ratio))
    squares = [
        (side.affected - side.evaluable * p) ** 2 / (side.evaluable * p * (1 - p))
        for side, p in ((arm, ratio * q), (reference, q))
    ]
    return sum(squares)


def most_likely(arm: Participants, reference: Participants, risk, low: float, high: float) -> float:
    def loss(q: float) -> float:
        total = 0.0
        for side, p in ((arm, risk(q)), (reference, q)):
            p = min(max(p, 1e-15), 1 - 1e-15)
            total -= side.affected * math.log(p) + (side.evaluable - side.affected) * math.log1p(-p)
        return total

    return float(minimize_scalar(loss, bounds=(low, high), method="bounded", options={"xatol": 1e-12}).x)
