"""Large snapshots are kept packed: a twentieth of the bytes, for which database, trail and memory are grateful.

The hash of a snapshot is that of its canonical JSON, packed or not. Canonical JSON of a snapshot begins with a brace and
what is packed (gzip, RFC 1952, one member after the other) never does, so that one is told from the other, and rows from
before are read as they are.
"""

import gzip
import hashlib
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

Kind = TypeVar("Kind")

PACKED_FROM = 1_000_000
"""Bytes. A smaller snapshot stays as it is, which people can read in the database."""
LEVEL = 1
"""Of gzip, the fastest: columns of few different values shrink as well with it."""
FIRST = b"\x1f\x8b"
"""What every member begins with."""
BROKEN = (gzip.BadGzipFile, EOFError, zlib.error)
"""What unpacking raises when packed bytes were changed."""


@dataclass(frozen=True)
class Packed:
    """A snapshot as it is kept, the SHA-256 of its canonical JSON, and the length of that in bytes."""

    kept: bytes
    sha256: str
    length: int

    @property
    def content(self) -> bytes:
        """The canonical JSON."""
        return unpacked(self.kept)


class Unpacking(Mapping[Kind, bytes]):
    """Snapshots of which each is unpacked when it is asked for, and held by nobody but who asked."""

    def __init__(self, snapshots: Mapping[Kind, Packed]) -> None:
        self._packed = snapshots

    def __getitem__(self, kind: Kind) -> bytes:
        return self._packed[kind].content

    def __iter__(self) -> Iterator[Kind]:
        return iter(self._packed)

    def __len__(self) -> int:
        return len(self._packed)


class Squeezer:
    """Packs pieces, and keeps the last one for whoever has the same piece next."""

    def __init__(self) -> None:
        self._last = (b"", b"")

    def squeezed(self, piece: bytes) -> bytes:
        if self._last[0] is not piece:
            self._last = piece, _member(piece)
        return self._last[1]


class Packing:
    """A snapshot that comes in pieces, hashed and packed on the way, so that it is never there as a whole."""

    def __init__(self, squeezer: Squeezer) -> None:
        self._squeezer = squeezer
        self._hash = hashlib.sha256()
        self._plain: list[bytes] = []
        self._packed: list[bytes] = []
        self._length = 0

    def add(self, piece: bytes) -> None:
        self._length += len(piece)
        self._hash.update(piece)
        if self._length < PACKED_FROM:
            self._plain.append(piece)
            return
        if self._plain:
            self._packed.append(_member(b"".join(self._plain)))
            self._plain.clear()
        self._packed.append(self._squeezer.squeezed(piece))

    def done(self) -> Packed:
        return Packed(b"".join(self._packed or self._plain), self._hash.hexdigest(), self._length)


def packed(content: bytes) -> bytes:
    """A snapshot as it is kept; what is packed already stays so."""
    is_plain = len(content) >= PACKED_FROM and not content.startswith(FIRST)
    return _member(content) if is_plain else content


def unpacked(kept: bytes) -> bytes:
    """The canonical JSON of what is kept. Raises one of `BROKEN` when packed bytes were changed."""
    return gzip.decompress(kept) if kept.startswith(FIRST) else kept


def pack_together(snapshots: Iterable[Iterable[bytes]]) -> tuple[Packed, ...]:
    """Snapshots packed piece by piece in step, so that a piece that they share is in hand, and packed, once."""
    squeezer = Squeezer()
    waiting = [(iter(pieces), Packing(squeezer)) for pieces in snapshots]
    left = list(waiting)
    while left:
        left = [(pieces, packing) for pieces, packing in left if _one_more(pieces, packing)]
    return tuple(packing.done() for _, packing in waiting)


def _one_more(pieces: Iterator[bytes], packing: Packing) -> bool:
    piece = next(pieces, None)
    if piece is not None:
        packing.add(piece)
    return piece is not None


def _member(content: bytes) -> bytes:
    """One member, the same bytes at any time."""
    return gzip.compress(content, LEVEL, mtime=0)
