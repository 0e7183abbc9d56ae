"""Columns: of few different values, of whole numbers, of moments, and of values kept as they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from reports.frames.held.values import (
    UNKNOWN,
    Flags,
    Integers,
    as_json,
    microseconds,
    moment_of,
    moment_text,
    objects,
    small,
)


class Values(Protocol):
    """One column: its values in order, some of its rows, other values in some of its rows, values of a span as JSON."""

    def __len__(self) -> int: ...
    def listed(self, first: int = 0, last: int | None = None) -> list[Any]: ...
    def taken(self, places: Integers | Flags) -> Values: ...
    def replaced(self, places: Integers, values: Sequence[Any]) -> Values: ...
    def followed_by(self, values: Sequence[Any]) -> Values: ...
    def json(self, first: int, last: int) -> str: ...


@dataclass(frozen=True)
class Words:
    """A column of few different values, each kept once: `values[codes[n]]` is that of row n."""

    codes: Integers
    values: tuple[Any, ...]

    def __len__(self) -> int:
        return len(self.codes)

    def listed(self, first: int = 0, last: int | None = None) -> list[Any]:
        return self._array[self.codes[first:last]].tolist()

    def taken(self, places: Integers | Flags) -> Words:
        return Words(self.codes[places], self.values)

    def replaced(self, places: Integers, values: Sequence[Any]) -> Words:
        codes, known = coded(values, self.values)
        everywhere = self.codes.astype(np.int32)
        everywhere[places] = codes
        return Words(small(everywhere, len(known)), known)

    def followed_by(self, values: Sequence[Any]) -> Words:
        codes, known = coded(values, self.values)
        return Words(small(np.concatenate([self.codes, codes]), len(known)), known)

    def json(self, first: int, last: int) -> str:
        if len(self.values) * 2 > len(self.codes):
            return as_json(self.listed(first, last))[1:-1]
        return ",".join(self._texts[self.codes[first:last]].tolist())

    def where(self, holds: Callable[[Any], bool]) -> Flags:
        """In which rows the value is such a one; asked once of each different value."""
        return np.array([holds(value) for value in self.values], dtype=bool)[self.codes]

    @cached_property
    def _texts(self) -> npt.NDArray[np.object_]:
        return objects([as_json(value) for value in self.values])

    @cached_property
    def _array(self) -> npt.NDArray[np.object_]:
        return objects(self.values)


@dataclass(frozen=True)
class Wholes:
    """A column of whole numbers, most of them different; `UNKNOWN` where there is none."""

    numbers: Integers

    def __len__(self) -> int:
        return len(self.numbers)

    def listed(self, first: int = 0, last: int | None = None) -> list[Any]:
        return [None if one == UNKNOWN else one for one in self.numbers[first:last].tolist()]

    def taken(self, places: Integers | Flags) -> Wholes:
        return type(self)(self.numbers[places])

    def replaced(self, places: Integers, values: Sequence[Any]) -> Wholes:
        numbers = self.numbers.copy()
        numbers[places] = self.of(values).numbers
        return type(self)(numbers)

    def followed_by(self, values: Sequence[Any]) -> Wholes:
        return type(self)(np.concatenate([self.numbers, self.of(values).numbers]))

    def json(self, first: int, last: int) -> str:
        return as_json(self.listed(first, last))[1:-1]

    @property
    def known(self) -> Flags:
        """In which rows there is one."""
        return np.asarray(self.numbers != UNKNOWN)

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """The column of these values, None where there is none."""
        return cls(np.array([UNKNOWN if one is None else one for one in values], dtype=np.int64))


class Moments(Wholes):
    """A column of moments, in microseconds since 1970 in UTC."""

    def listed(self, first: int = 0, last: int | None = None) -> list[Any]:
        return [moment_of(one) for one in self.numbers[first:last].tolist()]

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        return super().of([None if one is None else microseconds(one) for one in values])


class MomentTexts(Moments):
    """Moments as the frames write them: ISO 8601 in UTC with `Z`, each different one written once."""

    def listed(self, first: int = 0, last: int | None = None) -> list[Any]:
        return self._worded(first, last).listed()

    def json(self, first: int, last: int) -> str:
        return self._worded(first, last).json(0, last - first)

    def _worded(self, first: int, last: int | None) -> Words:
        codes, different = pd.factorize(self.numbers[first:last])
        return Words(codes, tuple(moment_text(moment_of(one)) for one in different.tolist()))

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        return super().of([one and datetime.fromisoformat(one) for one in values])


@dataclass(frozen=True)
class Plain:
    """A column of values that are kept as they are: numbers with decimals, of which 0.0 and -0.0 are two, and mappings."""

    values: list[Any]

    def __len__(self) -> int:
        return len(self.values)

    def listed(self, first: int = 0, last: int | None = None) -> list[Any]:
        return self.values[first:last]

    def taken(self, places: Integers | Flags) -> Plain:
        return Plain(objects(self.values)[places].tolist())

    def replaced(self, places: Integers, values: Sequence[Any]) -> Plain:
        kept = list(self.values)
        for place, value in zip(places.tolist(), values, strict=True):
            kept[place] = value
        return Plain(kept)

    def followed_by(self, values: Sequence[Any]) -> Plain:
        return Plain([*self.values, *values])

    def json(self, first: int, last: int) -> str:
        return as_json(self.values[first:last])[1:-1]


def words_of(values: Sequence[Any]) -> Words:
    """A column of few different values. They must be of one type: True, 1 and 1.0 are one key."""
    codes, known = coded(values, ())
    return Words(small(codes, len(known)), known)


def flags_of(flags: Flags) -> Words:
    """A column of yes and no."""
    return Words(flags.astype(np.int8), (False, True))


def coded(values: Sequence[Any], known: tuple[Any, ...]) -> tuple[Integers, tuple[Any, ...]]:
    """The numbers of values, some of which are known by their place, and all values by their numbers."""
    index = {value: code for code, value in enumerate(known)}
    added: list[Any] = []
    for value in values:
        if value not in index:
            index[value] = len(known) + len(added)
            added.append(value)
    codes = np.fromiter(map(index.__getitem__, values), dtype=np.int32, count=len(values))
    return codes, (*known, *added)
