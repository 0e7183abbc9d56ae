"""The operating characteristics of a boundary of one arm at a true rate: exact, by recursion over its looks.

Schultz JR et al. Biometrics 1973;29:293-318: between two looks the number affected grows by a binomial number; an
outcome at the boundary leaves the distribution. No simulation, no normal approximation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Characteristics:
    """The characteristics at one true rate.

    `probability`: that the board is ever prompted; `expected_affected` and `expected_evaluable`: when monitoring ends
    with the first prompt or with the last look; `by_look`: the probability that the first prompt is at that look.
    """

    rate: float
    probability: float
    expected_affected: float
    expected_evaluable: float
    by_look: tuple[float, ...]


def characteristics(
    looks: Sequence[int], prompts_at: Mapping[int, int | None], rate: float
) -> Characteristics:
    """The characteristics at a true `rate`.

    `looks` are strictly increasing numbers of evaluable participants.

    `prompts_at` gives the smallest number affected that prompts at a look, None where none does. Raises ValueError
    for looks that do not increase from 1, or a rate outside 0 to 1.
    """
    _refuse(looks, rate)
    waiting, before = np.ones(1), 0
    by_look: list[float] = []
    affected = evaluable = 0.0
    for look in looks:
        waiting = np.convolve(waiting, _increments(look - before, rate))
        stopped = _stopped(waiting, prompts_at.get(look))
        by_look.append(float(stopped.sum()))
        affected += float(np.arange(len(stopped)) @ stopped)
        evaluable += look * by_look[-1]
        waiting, before = waiting - stopped, look
    affected += float(np.arange(len(waiting)) @ waiting)
    evaluable += before * float(waiting.sum())
    return Characteristics(rate, float(sum(by_look)), affected, evaluable, tuple(by_look))


@lru_cache(maxsize=1024)
def _increments(participants: int, rate: float) -> Floats:
    return np.asarray(stats.binom.pmf(np.arange(participants + 1), participants, rate), dtype=np.float64)


def _stopped(waiting: Floats, fewest: int | None) -> Floats:
    """The part of the distribution that is at or above the boundary."""
    if fewest is None:
        return np.zeros_like(waiting)
    return np.where(np.arange(len(waiting)) >= fewest, waiting, 0.0)


def _refuse(looks: Sequence[int], rate: float) -> None:
    if not 0 <= rate <= 1:
        raise ValueError(f"rate {rate}: lies between 0 and 1.")
    if not looks or looks[0] < 1 or any(b <= a for a, b in pairwise(looks)):
        raise ValueError(f"looks {list(looks)}: at least one, at 1 participant or more, strictly increasing.")
