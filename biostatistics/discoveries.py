"""Flags for comparisons that need a second look, with a controlled false discovery rate.

Benjamini Y, Hochberg Y. J R Stat Soc B 1995;57:289-300. Double false discovery rate for terms within classes:
Mehrotra DV, Heyse JF. Stat Methods Med Res 2004;13:227-238. A flag is a screening result, not a proof; the absence of a
flag is no proof of safety. The intervals beside a flag are not adjusted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import false_discovery_control

from biostatistics.proportions import Floats

FALSE_DISCOVERY_RATE = 0.10
"""Level of the flags, for classes and for terms within them (Mehrotra and Heyse 2004)."""


@dataclass(frozen=True)
class DoubleFlags:
    """One entry per term: adjusted within its class, its class adjusted among the classes, and the flag."""

    within_class: Floats
    of_class: Floats
    is_flagged: NDArray[np.bool_]


def benjamini_hochberg(p_values: Floats) -> Floats:
    """The adjusted p-values, in the order given; NaN stays NaN and is not counted as a comparison.

    Raises ValueError for a value outside 0 to 1.
    """
    adjusted = np.full(len(p_values), np.nan)
    known = ~np.isnan(p_values)
    if not ((p_values[known] >= 0) & (p_values[known] <= 1)).all():
        raise ValueError("p_values: each lies between 0 and 1, or is missing.")
    if known.any():
        adjusted[known] = false_discovery_control(p_values[known])
    return adjusted


def double_false_discovery(
    p_values: Floats, classes: NDArray[np.int64], *, rate: float = FALSE_DISCOVERY_RATE
) -> DoubleFlags:
    """Flag the terms for which the class, and the term within it, are at or below the rate after adjustment.

    The smallest p-value of its terms represents a class. NaN is not counted as a comparison and is never flagged.
    Raises ValueError as `benjamini_hochberg`, and for arrays of different length.
    """
    if len(p_values) != len(classes):
        raise ValueError("classes: one per p-value.")
    codes, place = np.unique(classes, return_inverse=True)
    smallest = np.full(len(codes), np.inf)
    np.fmin.at(smallest, place, p_values)
    of_class = benjamini_hochberg(np.where(np.isinf(smallest), np.nan, smallest))[place]
    within = _within(p_values, place, len(codes))
    return DoubleFlags(within, of_class, (of_class <= rate) & (within <= rate))


def _within(p_values: Floats, place: NDArray[np.int64], count: int) -> Floats:
    """`benjamini_hochberg` of each class."""
    adjusted = np.full(len(p_values), np.nan)
    for own in range(count):
        chosen = place == own
        adjusted[chosen] = benjamini_hochberg(p_values[chosen])
    return adjusted
