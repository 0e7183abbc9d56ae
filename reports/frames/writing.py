"""Writing snapshots without holding them as Python's texts: a part of a column at a time, the twin of `reading`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from reports.frames.held import Held, Row, Values, as_json
from reports.frames.reading import FRAMES

Content = Mapping[str, Any]

ROWS = 100_000
"""Of a column in one piece: some megabytes."""


def snapshot_pieces(content: Content) -> Iterator[bytes]:
    """The canonical JSON of a snapshot in pieces, also where frames are held by columns."""
    return _Writer(ROWS).snapshot(content)


def written_together(contents: Iterable[Content], *, rows: int = ROWS) -> tuple[Iterator[bytes], ...]:
    """The same of several snapshots, so many rows of a column at a time. Taken in step, what they share is written once."""
    writer = _Writer(rows)
    return tuple(writer.snapshot(content) for content in contents)


class _Writer:
    """Keeps the last piece of a column that it has written, for the next snapshot."""

    def __init__(self, rows: int) -> None:
        self._rows = rows
        self._last: tuple[Values | None, int, bytes] = (None, 0, b"")

    def snapshot(self, content: Content) -> Iterator[bytes]:
        return _object((name, self._member(name, content[name])) for name in sorted(content))

    def _member(self, name: str, value: Any) -> Iterable[bytes]:
        if name != FRAMES:
            return (as_json(value).encode(),)
        return _object((frame, self._frame(value[frame])) for frame in sorted(value))

    def _frame(self, rows: Sequence[Row]) -> Iterable[bytes]:
        if not isinstance(rows, Held):
            return (as_json(rows).encode(),)
        return _object((name, self._column(rows.columns[name])) for name in sorted(rows.columns))

    def _column(self, column: Values) -> Iterator[bytes]:
        yield b"["
        for first in range(0, len(column), self._rows):
            if self._last[0] is not column or self._last[1] != first:
                text = column.json(first, min(first + self._rows, len(column)))
                self._last = column, first, (f",{text}" if first else text).encode()
            yield self._last[2]
        yield b"]"


def _object(members: Iterable[tuple[str, Iterable[bytes]]]) -> Iterator[bytes]:
    """A JSON object of members that are pieces themselves."""
    begin = b"{"
    for name, pieces in members:
        yield begin + as_json(name).encode() + b":"
        yield from pieces
        begin = b","
    yield b"}" if begin == b"," else b"{}"
