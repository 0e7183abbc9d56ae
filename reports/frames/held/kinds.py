"""Rows that are alike, and what follows from few values found once for all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from reports.frames.held.columns import Words
from reports.frames.held.values import Integers, small

LARGEST = 2**62


def mapped(function: Callable[..., Any], *columns: Words) -> Words:
    """What follows from the values of a row in these columns, found once for all rows that have the same."""
    first, kinds = alike(*(column.codes for column in columns))
    given = (column.taken(first).listed() for column in columns)
    return Words(kinds, tuple(function(*values) for values in zip(*given, strict=True)))


def alike(*columns: Integers) -> tuple[Integers, Integers]:
    """Rows with the same numbers in every column are of one kind: the first row of each kind, and each row's kind."""
    kinds: Integers = np.zeros(len(columns[0]), dtype=np.int64)
    size = 1
    for column in columns:
        codes, count = _dense(column)
        if size * count > LARGEST:
            kinds, size = _dense(kinds)
        kinds, size = kinds * count + codes, size * count
    found, different = pd.factorize(kinds)
    first = np.full(len(different), len(found), dtype=np.int64)
    np.minimum.at(first, found, np.arange(len(found)))
    return first, small(found, len(different))


def _dense(column: Integers) -> tuple[Integers, int]:
    """Numbers from 0 up in place of any, and how many there are."""
    codes, different = pd.factorize(column)
    return codes, max(len(different), 1)
