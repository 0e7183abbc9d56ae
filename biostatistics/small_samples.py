"""Limits and p-values for small arms, without large-sample approximations.

Probability of an event by a day when some participants were followed for less: every possible course of these
participants is considered. With x events, c participants not followed to the day and n in all, the lower limit is
Clopper and Pearson's of x in n, the upper one that of x + c in n. Their coverage is at least the level, whatever the
reason why follow-up ended. With complete follow-up they are Clopper and Pearson's. The p-value of two such
probabilities is the largest of Fisher's over every such course of both sides.

Permutation: Fisher RA. The design of experiments, 1935, section 21; Pitman EJG. Suppl J R Stat Soc 1937;4:119-130.
Every split of the participants is enumerated while there are few; else a fixed seed draws a sample of them; the
observed split is counted (Phipson B, Smyth GK. Stat Appl Genet Mol Biol 2010;9:39).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations, permutations
from math import comb

import numpy as np
from numpy.typing import NDArray

from biostatistics.proportions import CONFIDENCE_LEVEL, Counts, Floats, clopper_pearson_limits
from biostatistics.two_samples import fisher_p_values

SMALL_ARM = 20
"""An arm with fewer participants is small.

Limits of survival curves were found to keep their level from about 25 on (Borgan Ø, Liestøl K. Scand J Stat
1990;17:35-41); the specification of the board report says 20.
"""

TOO_FEW = "too few to compare"
"""The text for a comparison without a valid method."""

ENUMERABLE_SPLITS = 50_000
"""Up to this number of splits or orders are enumerated: two arms of 9 and 9 are, two of 10 and 10 are not."""

DRAWS = 19_999
"""Splits drawn when there are more: the error of a p-value of 0.05 is then 0.0015 (one standard error)."""

SEED = 20220226
"""The same data give the same p-value on every day and machine."""

BLOCK = 2_000_000
"""Random numbers drawn at a time: 16 MB."""

TIE = 1e-9
"""Sums that differ by less than this share of the largest possible one are equal (floating point)."""

MOST_PERMUTED = 8
"""Up to this number of participants all orders are enumerated when all values differ: 40,320."""

Flags = NDArray[np.bool_]
Places = NDArray[np.int64]


def is_small(*sizes: int) -> bool:
    """Whether any of the arms is too small for a large-sample method."""
    return min(sizes) < SMALL_ARM


def limits_of_every_course(
    counts: Counts, not_followed: Counts, sizes: Counts, *, level: float = CONFIDENCE_LEVEL
) -> tuple[Floats, Floats]:
    """Exact limits of the probability of an event by a day, over every course of those not followed to that day."""
    low, _ = clopper_pearson_limits(counts, sizes, level=level)
    _, high = clopper_pearson_limits(counts + not_followed, sizes, level=level)
    return low, high


def p_value_of_every_course(own: tuple[int, int, int], reference: tuple[int, int, int]) -> float:
    """The largest of Fisher's p-values; each side is (events, not followed to the day, participants)."""
    x, y = np.meshgrid(
        *(np.arange(count, count + missing + 1) for count, missing, _ in (own, reference)), indexing="ij"
    )
    sizes = [np.full(x.size, side[2]) for side in (own, reference)]
    return float(fisher_p_values(x.ravel(), sizes[0], y.ravel(), sizes[1]).max())


def permutation_p_value(scores: Floats, is_own: Flags) -> float:
    """Two-sided: the share of splits into groups of these sizes whose sum of scores is at least as far out.

    1 when a group is empty: there is one split. The scores are sorted, so that neither the order of the participants
    nor the names of the groups change the sample.
    """
    size, total = int(min(is_own.sum(), (~is_own).sum())), len(scores)
    centred = scores - scores.mean()
    sums = np.abs(np.sort(centred)[splits(total, size)].sum(axis=1))
    as_far = int((sums >= abs(float(centred[is_own].sum())) - TIE * float(np.abs(centred).sum())).sum())
    drawn = int(not is_enumerated(total, size))
    return (as_far + drawn) / (len(sums) + drawn)


def is_enumerated(total: int, size: int) -> bool:
    """Whether every split is enumerated, so that no sample is drawn."""
    return comb(total, size) <= ENUMERABLE_SPLITS


def orders(values: Floats) -> Iterator[Floats]:
    """The values in every different order, a row each, in blocks.

    When there are many, a random sample and the observed one.

    Two different values have one order per split of their positions.
    """
    levels, size = np.unique(values), len(values)
    if len(levels) == 2:
        yield from _orders_of_two(values, levels)
    elif size <= MOST_PERMUTED:
        yield values[np.array(list(permutations(range(size))), dtype=np.int64).reshape(-1, size)]
    else:
        yield values[None, :]
        yield from _drawn_orders(values)


def _orders_of_two(values: Floats, levels: Floats) -> Iterator[Floats]:
    chosen = values == levels[1]
    if not is_enumerated(len(values), int(chosen.sum())):
        yield values[None, :]
    places = splits(len(values), int(chosen.sum()))
    rows = max(1, BLOCK // len(values))
    for first in range(0, len(places), rows):
        block = places[first : first + rows]
        found = np.full((len(block), len(values)), levels[0])
        np.put_along_axis(found, block, levels[1], axis=1)
        yield found


def _drawn_orders(values: Floats) -> Iterator[Floats]:
    random, rows = np.random.default_rng(SEED), max(1, BLOCK // len(values))
    for first in range(0, DRAWS, rows):
        yield random.permuted(np.tile(values, (min(rows, DRAWS - first), 1)), axis=1)


@lru_cache(maxsize=16)
def splits(total: int, size: int) -> Places:
    """The positions of the chosen values, a row per split: all, or a sample.

    Cached, because many tests have the same sizes.
    """
    if is_enumerated(total, size):
        every = list(combinations(range(total), size))
        return np.array(every, dtype=np.int64).reshape(len(every), size)
    return np.vstack(list(_drawn_splits(total, size)))


def _drawn_splits(total: int, size: int) -> Iterator[Places]:
    random = np.random.default_rng(SEED)
    rows = max(1, BLOCK // total)
    for first in range(0, DRAWS, rows):
        keys = random.random((min(rows, DRAWS - first), total))
        yield np.argpartition(keys, size - 1, axis=1)[:, :size].astype(np.int64)
