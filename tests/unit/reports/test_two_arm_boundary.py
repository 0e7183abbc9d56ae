"""The comparison of two arms: a closed sum, another quadrature and a simulation as second methods."""

from math import comb

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import beta as beta_function
from scipy.stats import beta

from reports.rules.boundaries import TwoArmBoundary, TwoArmDesign, states_of, two_arm_characteristics

FLAT = TwoArmBoundary(0.0, 0.95, 1.0, 1.0)


def by_closed_sum(affected: int, evaluable: int, affected_other: int, evaluable_other: int) -> float:
    """Pr(p1 > p2) for whole-numbered Beta parameters: sum of B(c + i, d + b) / ((b + i) B(1 + i, b) B(c, d))."""
    a, b = 1 + affected, 1 + evaluable - affected
    c, d = 1 + affected_other, 1 + evaluable_other - affected_other
    terms = (
        beta_function(c + i, b + d) / ((b + i) * beta_function(1 + i, b) * beta_function(c, d))
        for i in range(a)
    )
    return float(sum(terms))


def test_posterior_of_the_trials_serious_events() -> None:
    """6 of 21 against 6 of 24 with flat priors: 0.608."""
    assert FLAT.posterior(6, 21, 6, 24) == pytest.approx(0.608, abs=5e-4)


@pytest.mark.parametrize(
    "counts", [(6, 21, 6, 24), (0, 5, 3, 5), (5, 5, 0, 5), (0, 0, 0, 0), (12, 40, 3, 38)]
)
def test_posterior_equals_the_closed_sum(counts: tuple[int, int, int, int]) -> None:
    assert FLAT.posterior(*counts) == pytest.approx(by_closed_sum(*counts), abs=1e-9)


@pytest.mark.parametrize(
    ("rule", "counts"),
    [
        (TwoArmBoundary(0.10, 0.9, 0.5, 0.5), (1, 5, 0, 5)),
        (TwoArmBoundary(0.05, 0.9, 1.0, 4.0), (30, 100, 20, 100)),
        (TwoArmBoundary(0.00, 0.9, 0.5, 0.5), (3, 3, 0, 3)),
    ],
)
def test_posterior_equals_another_quadrature(rule: TwoArmBoundary, counts: tuple[int, int, int, int]) -> None:
    x, n, y, m = counts
    mine = beta(rule.prior_alpha + x, rule.prior_beta + n - x)
    others = beta(rule.prior_alpha + y, rule.prior_beta + m - y)

    expected = quad(lambda u: mine.sf(min(1.0, others.ppf(u) + rule.delta)), 0, 1, limit=300)[0]

    assert rule.posterior(*counts) == pytest.approx(expected, abs=1e-8)


def test_posterior_with_a_margin_agrees_with_simulation() -> None:
    rule, draws = TwoArmBoundary(0.10, 0.9, 1.0, 1.0), 400_000
    generator = np.random.default_rng(20220226)

    higher = generator.beta(7, 16, draws) > generator.beta(7, 19, draws) + 0.10

    assert rule.posterior(6, 21, 6, 24) == pytest.approx(higher.mean(), abs=4 * 0.5 / np.sqrt(draws))


def test_directions_share_the_probability_when_there_is_no_margin() -> None:
    assert FLAT.posterior(7, 20, 2, 19) + FLAT.posterior(2, 19, 7, 20) == pytest.approx(1)


@pytest.mark.parametrize("counts", [(6, 5, 0, 5), (-1, 5, 0, 5), (1, 5, 6, 5)])
def test_impossible_counts_are_refused(counts: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="affected"):
        FLAT.posterior(*counts)


def test_smallest_number_that_prompts_is_where_prompts_begin() -> None:
    for other, fewest in enumerate(FLAT.fewest_against(8)):
        verdicts = [FLAT.prompts(affected, 8, other, 8) for affected in range(9)]
        assert verdicts == [fewest is not None and affected >= fewest for affected in range(9)]


def enumerated(rule: TwoArmBoundary, looks: tuple[int, ...], rate: float, other: float) -> float:
    """P(ever a prompt, either way) over the joint increments between two looks."""
    first, second = looks[0], looks[1] - looks[0]
    total = 0.0
    for x, y in np.ndindex(first + 1, first + 1):
        chance = _pmf(x, first, rate) * _pmf(y, first, other)
        if rule.prompts(x, first, y, first) or rule.prompts(y, first, x, first):
            total += chance
            continue
        for u, v in np.ndindex(second + 1, second + 1):
            n, a, b = looks[1], x + u, y + v
            if rule.prompts(a, n, b, n) or rule.prompts(b, n, a, n):
                total += chance * _pmf(u, second, rate) * _pmf(v, second, other)
    return total


def _pmf(count: int, number: int, rate: float) -> float:
    return comb(number, count) * rate**count * (1 - rate) ** (number - count)


@pytest.mark.parametrize(("rate", "other"), [(0.2, 0.2), (0.6, 0.2), (0.2, 0.6)])
def test_characteristics_equal_the_sum_over_increments(rate: float, other: float) -> None:
    found = two_arm_characteristics(FLAT, (4, 9), rate, other)

    assert found.probability == pytest.approx(enumerated(FLAT, (4, 9), rate, other))
    assert 8 <= found.expected_evaluable <= 18


def test_comparison_asks_both_directions_and_no_key() -> None:
    design = TwoArmDesign(FLAT, (5,), False, 5)
    worse, better = np.ones(6, dtype=bool), np.zeros(5, dtype=bool)

    states = states_of(design, {"A": worse, "B": better})
    mirrored = states_of(design, {"B": worse, "A": better})

    assert [(s.arm, s.against, s.affected, s.evaluable_against, s.prompts) for s in states] == [
        ("A", "B", 5, 5, True),
        ("B", "A", 0, 5, False),
    ]
    assert [(s.arm, s.prompts) for s in mirrored] == [("A", False), ("B", True)]


def test_comparison_waits_until_both_arms_have_reached_a_look() -> None:
    design = TwoArmDesign(FLAT, (5,), False, 5)

    states = states_of(design, {"A": np.ones(20, dtype=bool), "B": np.zeros(4, dtype=bool)})

    assert [(s.evaluable, s.prompts) for s in states] == [(0, False), (0, False)]
