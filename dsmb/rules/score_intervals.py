"""Score intervals of a risk difference and of a risk ratio: every candidate value that the data do not contradict.

Mee RW. Biometrics 1984;40:1175-1176. Miettinen O, Nurminen M. Stat Med 1985;4:213-226 (variance times N/(N-1)).
Koopman PAR. Biometrics 1984;40:513-517. Compared in Newcombe RG. Stat Med 1998;17:873-890 (methods 5 and 6).
Zero and full cells need no correction: the score stays finite, so each limit exists; a ratio whose reference has
nobody affected has no upper limit (`inf`), one with nobody affected on both sides has no estimate (`nan`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from scipy import optimize, stats

from dsmb.rules.proportions import CONFIDENCE_LEVEL

SAFE = 1e-12
"""How near to its border a candidate is tried: at the border itself the score may be 0/0."""

LARGEST_RATIO = 1e9
"""Ratios are looked for between its inverse and this."""


@dataclass(frozen=True)
class Participants:
    """Participants affected of those who could have been: people, each once, never events.

    Raises ValueError unless 0 <= affected <= evaluable and evaluable >= 1.
    """

    affected: int
    evaluable: int

    def __post_init__(self) -> None:
        if self.evaluable < 1:
            raise ValueError(f"evaluable {self.evaluable}: a comparison needs at least 1 on each side.")
        if not 0 <= self.affected <= self.evaluable:
            raise ValueError(f"affected {self.affected}: lies between 0 and the evaluable {self.evaluable}.")

    @property
    def risk(self) -> float:
        """The share affected."""
        return self.affected / self.evaluable


@dataclass(frozen=True)
class ScoreInterval:
    """An estimate with two-sided limits; fractions for a difference, a factor for a ratio."""

    estimate: float
    low: float
    high: float
    level: float
    method: Literal["mee", "miettinen_nurminen", "koopman"]


def mee(arm: Participants, reference: Participants, *, level: float = CONFIDENCE_LEVEL) -> ScoreInterval:
    """The risk difference arm minus reference, with the limits of the score test without the factor N/(N-1)."""
    return _difference(arm, reference, level, 1.0, "mee")


def miettinen_nurminen(
    arm: Participants, reference: Participants, *, level: float = CONFIDENCE_LEVEL
) -> ScoreInterval:
    """The risk difference arm minus reference, with Miettinen and Nurminen's limits."""
    total = arm.evaluable + reference.evaluable
    return _difference(arm, reference, level, total / (total - 1), "miettinen_nurminen")


def koopman(arm: Participants, reference: Participants, *, level: float = CONFIDENCE_LEVEL) -> ScoreInterval:
    """The risk ratio arm to reference with Koopman's limits.

    With nobody affected in the arm the lower limit is 0, with nobody in the reference the upper one is `inf`;
    with nobody on either side the data say nothing: `nan`, 0 and `inf`.
    """
    if arm.affected == reference.affected == 0:
        return ScoreInterval(math.nan, 0.0, math.inf, level, "koopman")
    estimate = arm.risk / reference.risk if reference.affected else math.inf
    z = float(stats.norm.ppf(0.5 + level / 2))

    def score(log_ratio: float) -> float:
        return ratio_score(arm, reference, math.exp(log_ratio))

    far = math.log(LARGEST_RATIO)
    start = min(max(math.log(estimate), -far), far) if estimate > 0 else -far
    low = math.exp(_root(score, z, -far, start)) if arm.affected else 0.0
    high = math.exp(_root(score, -z, start, far)) if reference.affected else math.inf
    return ScoreInterval(estimate, low, high, level, "koopman")


def difference_score(arm: Participants, reference: Participants, difference: float) -> float:
    """How far the observed difference is from `difference`, in standard errors under it (N, not N - 1)."""
    q = _reference_risk_given_difference(arm, reference, difference)
    p = min(max(q + difference, 0.0), 1.0)
    variance = p * (1 - p) / arm.evaluable + q * (1 - q) / reference.evaluable
    return _standardised(arm.risk - reference.risk - difference, variance)


def ratio_score(arm: Participants, reference: Participants, ratio: float) -> float:
    """How far the observed risks are from having `ratio`, in standard errors under it.

    The square is Koopman's chi-square: sum of (observed - expected)^2 / (expected (1 - risk)).
    """
    q = _reference_risk_given_ratio(arm, reference, ratio)
    p = min(ratio * q, 1.0)
    variance = p * (1 - p) / arm.evaluable + ratio**2 * q * (1 - q) / reference.evaluable
    return _standardised(arm.risk - ratio * reference.risk, variance)


def _difference(
    arm: Participants,
    reference: Participants,
    level: float,
    factor: float,
    method: Literal["mee", "miettinen_nurminen"],
) -> ScoreInterval:
    z = float(stats.norm.ppf(0.5 + level / 2)) * math.sqrt(factor)
    estimate = arm.risk - reference.risk

    def score(difference: float) -> float:
        return difference_score(arm, reference, difference)

    low = _root(score, z, -1.0 + SAFE, estimate)
    high = _root(score, -z, estimate, 1.0 - SAFE)
    return ScoreInterval(estimate, _at_border(low), _at_border(high), level, method)


def _at_border(limit: float) -> float:
    return math.copysign(1.0, limit) if abs(limit) >= 1.0 - 2 * SAFE else limit


def _root(score: Callable[[float], float], wanted: float, low: float, high: float) -> float:
    """Where the falling score crosses `wanted` in [low, high]; the far end when it does not get there."""
    if low >= high:
        return low
    at_low, at_high = score(low) - wanted, score(high) - wanted
    if at_low <= 0:
        return low
    if at_high >= 0:
        return high
    return float(optimize.brentq(lambda value: score(value) - wanted, low, high, xtol=1e-13, rtol=1e-13))


def _standardised(distance: float, variance: float) -> float:
    if abs(distance) < SAFE and variance < SAFE:
        return 0.0
    return distance / math.sqrt(variance) if variance > 0 else math.copysign(math.inf, distance)


def _reference_risk_given_difference(arm: Participants, reference: Participants, d: float) -> float:
    """The most likely risk of the reference when the arm's is `d` higher: the middle root of a cubic.

    Miettinen and Nurminen 1985, appendix: L3 q^3 + L2 q^2 + L1 q + L0 = 0, solved by the cosine.
    """
    n, m, affected = arm.evaluable, reference.evaluable, arm.affected + reference.affected
    l3 = n + m
    l2 = (n + 2 * m) * d - l3 - affected
    l1 = (m * d - l3 - 2 * reference.affected) * d + affected
    l0 = reference.affected * d * (1 - d)
    v = l2**3 / (3 * l3) ** 3 - l1 * l2 / (6 * l3**2) + l0 / (2 * l3)
    u = math.copysign(math.sqrt(max(l2**2 / (3 * l3) ** 2 - l1 / (3 * l3), 0.0)), v)
    cosine = min(max(v / u**3, -1.0), 1.0) if u else 1.0
    root = 2 * u * math.cos((math.pi + math.acos(cosine)) / 3) - l2 / (3 * l3)
    return min(max(root, 0.0, -d), 1.0, 1.0 - d)


def _reference_risk_given_ratio(arm: Participants, reference: Participants, ratio: float) -> float:
    """The most likely risk of the reference when the arm's is `ratio` times it: the smaller root of a square."""
    n, m, x, y = arm.evaluable, reference.evaluable, arm.affected, reference.affected
    a, b, c = (n + m) * ratio, -(n * ratio + x + m + y * ratio), x + y
    root = 2 * c / (-b + math.sqrt(max(b**2 - 4 * a * c, 0.0)))
    return min(max(root, 0.0), 1.0, 1.0 / ratio)
