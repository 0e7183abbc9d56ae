"""Two arms against each other: Pr(p1 > p2 + delta | data), without regard to which of them is the control.

Thall PF, Simon R. Biometrics 1994;50:337-349. With independent Beta(alpha, beta) priors, x1 of n1 and x2 of n2
affected, the probability is the integral over p2 of its density times the upper tail of p1 at p2 + delta. Both
directions are computed: a prompt in one direction only would reveal the control to a reader of coded counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import signal, special, stats

from reports.rules.boundaries.characteristics import Characteristics
from reports.rules.boundaries.one_arm import refuse_impossible

Floats = NDArray[np.float64]
NODES = 96
"""Of the Gauss-Legendre rule: more than enough for arms of a thousand participants (the tests compare)."""


@dataclass(frozen=True)
class TwoArmBoundary:
    """Prompt when Pr(p1 > p2 + `delta` | data) is above `threshold`; the same prior for both arms.

    `prior_alpha` and `prior_beta` are 0.5 or more (Jeffreys' prior): below, the density has a pole that the
    quadrature would miss.
    """

    delta: float
    threshold: float
    prior_alpha: float
    prior_beta: float

    def posterior(self, affected: int, evaluable: int, affected_other: int, evaluable_other: int) -> float:
        """The probability that the arm's rate is more than `delta` above the other's.

        Raises ValueError unless each number affected lies between 0 and its evaluable.
        """
        refuse_impossible(affected, evaluable)
        refuse_impossible(affected_other, evaluable_other)
        return self._posterior(affected, evaluable, affected_other, evaluable_other)

    def prompts(self, affected: int, evaluable: int, affected_other: int, evaluable_other: int) -> bool:
        """Whether that probability is above the threshold."""
        return self.posterior(affected, evaluable, affected_other, evaluable_other) > self.threshold

    def fewest_against(self, each: int) -> tuple[int | None, ...]:
        """The smallest number affected that prompts, by the number affected in the other arm, `each` in both.

        None when not even all would. More affected there never need fewer here: the search goes upwards only.
        """
        return _fewest_against(self, each)

    def _posterior(self, affected: int, evaluable: int, affected_other: int, evaluable_other: int) -> float:
        """By Gauss-Legendre quadrature over the angle of p2 = sin²(angle)."""
        rates, weights = _nodes(
            self.prior_alpha + affected_other, self.prior_beta + evaluable_other - affected_other
        )
        raised = np.minimum(rates + self.delta, 1.0)
        tails = special.betaincc(self.prior_alpha + affected, self.prior_beta + evaluable - affected, raised)
        return float(tails @ weights)


@lru_cache(maxsize=256)
def _fewest_against(rule: TwoArmBoundary, each: int) -> tuple[int | None, ...]:
    """Cached: each report prints the same pairs."""
    fewest, found = 0, []
    for other in range(each + 1):
        while fewest <= each and not rule.prompts(fewest, each, other, each):
            fewest += 1
        found.append(fewest if fewest <= each else None)
    return tuple(found)


@cache
def _legendre() -> tuple[Floats, Floats]:
    points, weights = np.polynomial.legendre.leggauss(NODES)
    return points, weights


@lru_cache(maxsize=4096)
def _nodes(a: float, b: float) -> tuple[Floats, Floats]:
    """Rates, and the probability of a neighbourhood of each under Beta(a, b); the weights sum to 1."""
    points, weights = _legendre()
    low, high = (float(np.arcsin(np.sqrt(special.betaincinv(a, b, q)))) for q in (1e-14, 1 - 1e-14))
    angles = low + (high - low) * (points + 1) / 2
    logs = (2 * a - 1) * np.log(np.sin(angles)) + (2 * b - 1) * np.log(np.cos(angles))
    mass = weights * np.exp(logs - logs.max())
    return np.sin(angles) ** 2, mass / mass.sum()


def two_arm_characteristics(
    rule: TwoArmBoundary, looks: Sequence[int], rate: float, other_rate: float
) -> Characteristics:
    """The characteristics when both arms grow together and are compared at `looks` participants each.

    The comparison is in both directions. Exact, by recursion over the joint distribution of both arms' numbers
    affected. `rate` is the first arm's true rate; the expected numbers are those of both arms together.
    """
    waiting, before = np.ones((1, 1)), 0
    by_look: list[float] = []
    affected = evaluable = 0.0
    for look in looks:
        waiting = _grown(waiting, look - before, rate, other_rate)
        stopped = np.where(_prompting(rule, look), waiting, 0.0)
        by_look.append(float(stopped.sum()))
        affected += _expected(stopped)
        evaluable += 2 * look * by_look[-1]
        waiting, before = waiting - stopped, look
    affected += _expected(waiting)
    evaluable += 2 * before * float(waiting.sum())
    return Characteristics(rate, float(sum(by_look)), affected, evaluable, tuple(by_look))


def _grown(waiting: Floats, participants: int, rate: float, other_rate: float) -> Floats:
    """The joint distribution after that many more participants in each arm."""
    mine, others = (stats.binom.pmf(np.arange(participants + 1), participants, r) for r in (rate, other_rate))
    return np.asarray(signal.convolve2d(waiting, np.outer(mine, others)), dtype=np.float64)


@lru_cache(maxsize=512)
def _prompting(rule: TwoArmBoundary, each: int) -> NDArray[np.bool_]:
    """Whether the pair (affected, affected in the other arm) prompts in either direction, `each` in both arms."""
    fewest = np.array([each + 1 if found is None else found for found in rule.fewest_against(each)])
    one_way = np.arange(each + 1)[:, None] >= fewest[None, :]
    return np.asarray(one_way | one_way.T)


def _expected(distribution: Floats) -> float:
    counts = np.arange(len(distribution))
    return float((counts[:, None] + counts[None, :]).ravel() @ distribution.ravel())
