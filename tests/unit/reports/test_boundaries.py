"""The beta-binomial boundary against a published rule, and against the integral of the density."""

import pytest
from scipy.integrate import quad
from scipy.stats import beta

from reports.rules.boundaries import BetaBinomialBoundary

# R package stoppingrule 0.5.2, README: calc.rule.bin(ns=1:30, p0=0.20, alpha=0.10, type="BB", param=c(0.6, 2.4)).
# n = 1 and 2 print more than there are participants. n = 7 is left out: its printed 5
# comes from the tolerance of a root search, the exact posterior gives 4.
PUBLISHED = BetaBinomialBoundary(0.20, 0.96308230549, 0.6, 2.4)
PRINTED = [2, 3, 3, 3, 4, 4, 5, 5, 5, 5, 6, 6, 6, 7, 7, 7, 7, 8, 8, 8, 9, 9, 9, 9, 10, 10, 10, 10, 11, 11]


@pytest.mark.parametrize(
    ("n", "fewest"), [(n, k) for n, k in enumerate(PRINTED, start=1) if n not in (1, 2, 7)]
)
def test_boundary_equals_the_published_one(n: int, fewest: int) -> None:
    assert PUBLISHED.prompts_at(n) == fewest


@pytest.mark.parametrize(("prior", "expected"), [((1.0, 1.0), (2, 4, 7, 12)), ((0.4, 1.6), (3, 5, 7, 12))])
def test_priors_decide_the_early_looks(prior: tuple[float, float], expected: tuple[int, ...]) -> None:
    rule = BetaBinomialBoundary(0.20, 0.90, *prior)

    assert tuple(rule.prompts_at(n) for n in (5, 10, 20, 40)) == expected


@pytest.mark.parametrize(("affected", "evaluable"), [(0, 0), (0, 10), (4, 10), (10, 10)])
def test_posterior_is_the_integral_above_the_null_rate(affected: int, evaluable: int) -> None:
    rule = BetaBinomialBoundary(0.20, 0.90, 1.0, 1.0)

    density = beta(1 + affected, 1 + evaluable - affected).pdf
    assert rule.posterior(affected, evaluable) == pytest.approx(quad(density, 0.2, 1)[0], abs=1e-8)


def test_prompt_begins_where_it_was_announced() -> None:
    rule = BetaBinomialBoundary(0.20, 0.90, 0.4, 1.6)

    assert [rule.prompts(k, 10) for k in (4, 5, 6)] == [False, True, True]


def test_nobody_can_prompt_when_the_prior_is_too_strong() -> None:
    assert BetaBinomialBoundary(0.20, 0.99, 10.0, 90.0).prompts_at(2) is None


@pytest.mark.parametrize(("affected", "evaluable"), [(-1, 5), (6, 5)])
def test_posterior_refuses_impossible_counts(affected: int, evaluable: int) -> None:
    with pytest.raises(ValueError, match="affected"):
        PUBLISHED.posterior(affected, evaluable)
