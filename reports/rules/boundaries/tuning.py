"""The critical value of an exact boundary.

It is the most sensitive value that keeps the probability of a prompt under the null rate at or below alpha. Only the
values that some outcome can take matter, and the probability never falls when the boundary is lowered: the search is by
bisection over those values, each step an exact recursion.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from reports.rules.boundaries.characteristics import characteristics
from reports.rules.boundaries.one_arm import (
    Floats,
    OBrienFlemingBoundary,
    OneArmRule,
    PocockBoundary,
    binomial_tails,
    excesses,
)

Rule = TypeVar("Rule", bound=OneArmRule)

ROUNDING = 1e-12
"""By how much a probability may pass alpha because of floating point alone."""


def pocock(looks: Sequence[int], *, null_rate: float, alpha: float) -> PocockBoundary | None:
    """The Pocock-type boundary of the highest nominal level with P(ever prompt | null rate) <= alpha.

    None when no boundary keeps to alpha and can prompt at all. Raises ValueError for looks or rates that cannot be.
    """
    levels = np.unique(np.concatenate([binomial_tails(look, null_rate)[1:] for look in looks]))
    return _most_sensitive(levels, lambda level: PocockBoundary(null_rate, level), looks, null_rate, alpha)


def obrien_fleming(looks: Sequence[int], *, null_rate: float, alpha: float) -> OBrienFlemingBoundary | None:
    """The O'Brien-Fleming-type boundary of the smallest excess with P(ever prompt | null rate) <= alpha.

    None when no boundary keeps to alpha and can prompt at all. Raises ValueError for looks or rates that cannot be.
    """
    values = np.unique(np.concatenate([excesses(look, null_rate)[1:] for look in looks]))[::-1]
    falling = values[values > 0]
    return _most_sensitive(
        falling, lambda excess: OBrienFlemingBoundary(null_rate, excess), looks, null_rate, alpha
    )


def _most_sensitive(
    values: Floats, make: Callable[[float], Rule], looks: Sequence[int], null_rate: float, alpha: float
) -> Rule | None:
    """The last of the `values`, from the strictest on, whose boundary keeps to alpha."""
    kept, low, high = None, 0, len(values) - 1
    while low <= high:
        middle = (low + high) // 2
        rule = make(float(values[middle]))
        points = {look: rule.prompts_at(look) for look in looks}
        if characteristics(looks, points, null_rate).probability <= alpha + ROUNDING:
            kept, low = rule, middle + 1
        else:
            high = middle - 1
    return kept
