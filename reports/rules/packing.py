"""Large snapshots are stored compressed: a twentieth of the bytes in the database and in the trail.

The hash of a snapshot is that of its canonical JSON, compressed or not. Canonical JSON of a snapshot begins with a
brace, and gzip (RFC 1952) never does: this distinguishes both, and older rows are read as they are.
"""

import gzip
import zlib

PACKED_FROM = 1_000_000
"""Bytes. A smaller snapshot stays as it is, which people can read in the database."""
LEVEL = 1
"""Of gzip, the fastest: columns of few different values shrink as well with it."""
FIRST = b"\x1f\x8b"
"""The first bytes of everything that gzip writes."""
BROKEN = (gzip.BadGzipFile, EOFError, zlib.error)
"""What unpacking raises when packed bytes were changed."""


def packed(content: bytes) -> bytes:
    """A snapshot as stored, the same bytes at any time; packed input is returned unchanged."""
    is_plain = len(content) >= PACKED_FROM and not content.startswith(FIRST)
    return gzip.compress(content, LEVEL, mtime=0) if is_plain else content


def unpacked(kept: bytes) -> bytes:
    """The canonical JSON of the stored bytes. Raises one of `BROKEN` when packed bytes were changed."""
    return gzip.decompress(kept) if kept.startswith(FIRST) else kept
