"""Rows held by columns, and how they are gathered chunk by chunk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

import numpy as np

from reports.frames.held.columns import Plain, Values, Wholes, Words
from reports.frames.held.values import Flags, Integers, small

Row = Mapping[str, Any]
Kind = TypeVar("Kind")

CHUNK = 10_000


@dataclass(frozen=True, eq=False)
class Held(Sequence[Row]):
    """Rows with the same names, held by columns; equal to whatever has the same rows."""

    columns: Mapping[str, Values]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return self.taken(np.arange(len(self))[place])
        number = range(len(self))[place]
        return {name: column.listed(number, number + 1)[0] for name, column in self.columns.items()}

    def __iter__(self) -> Iterator[Row]:
        names = tuple(self.columns)
        for first in range(0, len(self), CHUNK):
            parts = (column.listed(first, first + CHUNK) for column in self.columns.values())
            for values in zip(*parts, strict=True):
                yield dict(zip(names, values, strict=True))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(one == two for one, two in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]

    def words(self, name: str) -> Words:
        """A column that is held so; TypeError for any other."""
        return _of_kind(self.columns[name], Words)

    def numbers(self, name: str) -> Integers:
        """The numbers of a column of whole numbers or of moments; TypeError for any other."""
        return _of_kind(self.columns[name], Wholes).numbers

    def taken(self, places: Integers | Flags) -> Held:
        """Some of the rows, in the order of the places, or those of the flags."""
        if places.dtype == np.bool_ and places.all():
            return self
        return Held({name: column.taken(places) for name, column in self.columns.items()})

    def replaced(self, places: Integers, rows: Sequence[Row]) -> Held:
        """The rows with others at these places."""
        if not len(places):
            return self
        return Held(
            {name: each.replaced(places, [row[name] for row in rows]) for name, each in self.columns.items()}
        )

    def followed_by(self, rows: Sequence[Row]) -> Held:
        """These rows and then others."""
        if not rows:
            return self
        return Held(
            {name: each.followed_by([row[name] for row in rows]) for name, each in self.columns.items()}
        )


def gathered(rows: Iterable[Row], *, many: int, plain: frozenset[str] = frozenset()) -> Sequence[Row]:
    """The rows as a list; from so many on by columns, chunk after chunk, so that they are never there all at once.

    The columns named `plain` are kept as they are.
    """
    if isinstance(rows, Held):
        return rows if len(rows) >= many else list(rows)
    left = iter(rows)
    begun = list(islice(left, many))
    if len(begun) < many:
        return begun
    held = Gathering({name: PlainGathering() if name in plain else WordGathering() for name in begun[0]})
    while begun:
        held.add([row[name] for row in begun] for name in held.columns)
        begun = list(islice(left, CHUNK))
    return held.done()


class WordGathering:
    """Words that come chunk by chunk."""

    def __init__(self) -> None:
        self._parts: list[Integers] = []
        self._index: defaultdict[Any, int] = defaultdict()
        self._index.default_factory = self._index.__len__

    def add(self, values: Sequence[Any]) -> None:
        codes = np.fromiter(map(self._index.__getitem__, values), dtype=np.int32, count=len(values))
        self._parts.append(small(codes, len(self._index)))

    def done(self) -> Words:
        parts = [np.zeros(0, dtype=np.int8), *self._parts]
        return Words(np.concatenate(parts), tuple(self._index))


class WholeGathering:
    """Whole numbers, or moments in microseconds, that come chunk by chunk; none is missing but as `UNKNOWN`."""

    def __init__(self, kind: type[Wholes] = Wholes) -> None:
        self._kind = kind
        self._parts: list[Integers] = []

    def add(self, values: Sequence[Any]) -> None:
        self._parts.append(np.fromiter(values, dtype=np.int64, count=len(values)))

    def done(self) -> Wholes:
        return self._kind(np.concatenate([np.zeros(0, dtype=np.int64), *self._parts]))


class PlainGathering:
    """Values that are kept as they come."""

    def __init__(self) -> None:
        self._values: list[Any] = []

    def add(self, values: Sequence[Any]) -> None:
        self._values += values

    def done(self) -> Plain:
        return Plain(self._values)


@dataclass(frozen=True)
class Gathering:
    """Rows that come chunk by chunk, each chunk as its columns in the order of the names."""

    columns: Mapping[str, WordGathering | WholeGathering | PlainGathering]

    def add(self, parts: Iterable[Sequence[Any]]) -> None:
        for column, part in zip(self.columns.values(), parts, strict=True):
            column.add(part)

    def done(self) -> Held:
        return Held({name: column.done() for name, column in self.columns.items()})


def _of_kind(column: Values, kind: type[Kind]) -> Kind:
    if not isinstance(column, kind):
        raise TypeError(f"{type(column).__name__}: is no column of {kind.__name__}.")
    return column
