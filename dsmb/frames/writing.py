"""Writing a snapshot without holding it as Python's texts: one column of one frame at a time, the twin of `reading`.

A frame that both snapshots of a report share is written once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from dsmb.frames.held import Held, Row, as_json
from dsmb.frames.reading import FRAMES

Piece = bytes


def snapshot_pieces(content: Mapping[str, Any]) -> Iterator[Piece]:
    """The canonical JSON of a snapshot, in pieces: the bytes of `canonical_bytes`, also of frames that are held by columns."""
    return _object((name, _member(name, content[name])) for name in sorted(content))


def _member(name: str, value: Any) -> Iterable[Piece]:
    if name != FRAMES:
        return (as_json(value).encode(),)
    return _object((frame, _frame(value[frame])) for frame in sorted(value))


def _frame(rows: Sequence[Row]) -> Iterable[Piece]:
    return rows.json if isinstance(rows, Held) else (as_json(rows).encode(),)


def _object(members: Iterable[tuple[str, Iterable[Piece]]]) -> Iterator[Piece]:
    """A JSON object of members that are pieces themselves."""
    begin = b"{"
    for name, pieces in members:
        yield begin + as_json(name).encode() + b":"
        yield from pieces
        begin = b","
    yield b"}" if begin == b"," else b"{}"
