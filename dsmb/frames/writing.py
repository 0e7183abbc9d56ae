"""Writing snapshots without holding them as Python's texts: one column of one frame at a time, the twin of `reading`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from dsmb.frames.held import Held, Row, Values, as_json
from dsmb.frames.reading import FRAMES

Content = Mapping[str, Any]


def snapshot_pieces(content: Content) -> Iterator[bytes]:
    """The canonical JSON of a snapshot in pieces, also where frames are held by columns."""
    return _Writer().snapshot(content)


def written_together(contents: Iterable[Content]) -> tuple[Iterator[bytes], ...]:
    """The same of several snapshots. Taken in step, a column that they share is written once."""
    writer = _Writer()
    return tuple(writer.snapshot(content) for content in contents)


class _Writer:
    """Keeps the last column that it has written, for the next snapshot."""

    def __init__(self) -> None:
        self._last: tuple[Values, bytes] | None = None

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
        if self._last is None or self._last[0] is not column:
            self._last = column, f"[{column.json()}]".encode()
        yield self._last[1]


def _object(members: Iterable[tuple[str, Iterable[bytes]]]) -> Iterator[bytes]:
    """A JSON object of members that are pieces themselves."""
    begin = b"{"
    for name, pieces in members:
        yield begin + as_json(name).encode() + b":"
        yield from pieces
        begin = b","
    yield b"}" if begin == b"," else b"{}"
