"""Many rows held by columns: some bytes for each value, and a row only for whoever asks for one.

A million adverse events are gigabytes as one mapping each. By columns they are a fraction, since most values are one of few,
and what follows from few values is worked out once for all rows that have the same (`mapped`, `alike`).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import islice
from typing import Any, Protocol, Self, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

Row = Mapping[str, Any]
Integers = npt.NDArray[np.integer[Any]]
Kind = TypeVar("Kind")
Flags = npt.NDArray[np.bool_]

UNKNOWN = int(np.iinfo(np.int64).min)
"""A whole number or a moment that is missing."""
CHUNK = 10_000
LARGEST = 2**62
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


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
        codes, known = _coded(values, self.values)
        everywhere = self.codes.astype(np.int32)
        everywhere[places] = codes
        return Words(_small(everywhere, len(known)), known)

    def followed_by(self, values: Sequence[Any]) -> Words:
        codes, known = _coded(values, self.values)
        return Words(_small(np.concatenate([self.codes, codes]), len(known)), known)

    def json(self, first: int, last: int) -> str:
        if len(self.values) * 2 > len(self.codes):
            return as_json(self.listed(first, last))[1:-1]
        return ",".join(self._texts[self.codes[first:last]].tolist())

    def where(self, holds: Callable[[Any], bool]) -> Flags:
        """In which rows the value is such a one; asked once of each different value."""
        return np.array([holds(value) for value in self.values], dtype=bool)[self.codes]

    @cached_property
    def _texts(self) -> npt.NDArray[np.object_]:
        return _objects([as_json(value) for value in self.values])

    @cached_property
    def _array(self) -> npt.NDArray[np.object_]:
        return _objects(self.values)


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
        return Plain(_objects(self.values)[places].tolist())

    def replaced(self, places: Integers, values: Sequence[Any]) -> Plain:
        kept = list(self.values)
        for place, value in zip(places.tolist(), values, strict=True):
            kept[place] = value
        return Plain(kept)

    def followed_by(self, values: Sequence[Any]) -> Plain:
        return Plain([*self.values, *values])

    def json(self, first: int, last: int) -> str:
        return as_json(self.values[first:last])[1:-1]


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


def words_of(values: Sequence[Any]) -> Words:
    """A column of few different values. They must be of one type: True, 1 and 1.0 are one key."""
    codes, known = _coded(values, ())
    return Words(_small(codes, len(known)), known)


def flags_of(flags: Flags) -> Words:
    """A column of yes and no."""
    return Words(flags.astype(np.int8), (False, True))


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
    return first, _small(found, len(different))


def numbered(function: Callable[[datetime], int], moments: Integers) -> Integers:
    """A number that follows from each moment, found once for each different one; `UNKNOWN` where there is no moment."""
    codes, different = pd.factorize(moments)
    found = (moment_of(one) for one in different.tolist())
    numbers = (UNKNOWN if one is None else function(one) for one in found)
    return np.fromiter(numbers, dtype=np.int64, count=len(different))[codes]


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
        self._parts.append(_small(codes, len(self._index)))

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


def _of_kind(column: Values, kind: type[Kind]) -> Kind:
    if not isinstance(column, kind):
        raise TypeError(f"{type(column).__name__}: is no column of {kind.__name__}.")
    return column


def _coded(values: Sequence[Any], known: tuple[Any, ...]) -> tuple[Integers, tuple[Any, ...]]:
    """The numbers of values, some of which are known by their place, and all values by their numbers."""
    index = {value: code for code, value in enumerate(known)}
    added: list[Any] = []
    for value in values:
        if value not in index:
            index[value] = len(known) + len(added)
            added.append(value)
    codes = np.fromiter(map(index.__getitem__, values), dtype=np.int32, count=len(values))
    return codes, (*known, *added)


def _dense(column: Integers) -> tuple[Integers, int]:
    """Numbers from 0 up in place of any, and how many there are."""
    codes, different = pd.factorize(column)
    return codes, max(len(different), 1)


def _small(codes: Integers, count: int) -> Integers:
    """In as few bytes as hold them."""
    return codes.astype(np.min_scalar_type(-count) if count else np.int8)


def _objects(values: Sequence[Any]) -> npt.NDArray[np.object_]:
    """One element for each value, also where a value is itself a sequence."""
    return np.fromiter(values, dtype=object, count=len(values))
