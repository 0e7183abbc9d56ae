"""Single values: how they are written as JSON, and moments as numbers."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Integers = npt.NDArray[np.integer[Any]]
Flags = npt.NDArray[np.bool_]

UNKNOWN = int(np.iinfo(np.int64).min)
"""A whole number or a moment that is missing."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def as_json(value: Any) -> str:
    """Canonical JSON: sorted keys, no spaces. NaN and infinity are refused."""
    return _ENCODER.encode(value)


def microseconds(moment: datetime) -> int:
    """Since 1970 in UTC."""
    return (moment - EPOCH) // TICK


def moment_of(number: int) -> datetime | None:
    """The moment of so many microseconds."""
    return None if number == UNKNOWN else EPOCH + timedelta(microseconds=number)


def moment_text(moment: datetime | None) -> str | None:
    """An instant as the frames want it: ISO 8601, UTC."""
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def numbered(function: Callable[[datetime], int], moments: Integers) -> Integers:
    """A number that follows from each moment, found once for each different one; `UNKNOWN` where there is no moment."""
    codes, different = pd.factorize(moments)
    found = (moment_of(one) for one in different.tolist())
    numbers = (UNKNOWN if one is None else function(one) for one in found)
    return np.fromiter(numbers, dtype=np.int64, count=len(different))[codes]


def small(codes: Integers, count: int) -> Integers:
    """In as few bytes as hold them."""
    return codes.astype(np.min_scalar_type(-count) if count else np.int8)


def objects(values: Sequence[Any]) -> npt.NDArray[np.object_]:
    """One element for each value, also where a value is itself a sequence."""
    return np.fromiter(values, dtype=object, count=len(values))
