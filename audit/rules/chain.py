"""The hashed text of an entry and of a block, computed a second time without the database.

`audit/sealing.sql` seals with the database's own functions. Verification uses these functions instead, so that a
changed function or a mistake in one of them is detected. Keys are sorted by length, then by bytes, as in PostgreSQL's
jsonb.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple


class EntryLine(NamedTuple):
    """An entry as texts: times as ISO 8601 in UTC with microseconds, `old` and `new` as canonical JSON or None."""

    id: int
    at: str
    written_at: str
    actor_id: int
    actor_label: str
    reason: str
    request_id: str
    trial_id: int | None
    table_name: str
    row_id: int
    change: str
    old: str | None
    new: str | None
    sealed: bool


def canonical_line(line: EntryLine) -> str:
    """The canonical text of an entry: the export writes it and the chain hashes it."""
    parts = {
        "at": _text(line.at),
        "id": str(line.id),
        "new": line.new or "null",
        "old": line.old or "null",
        "change": _text(line.change),
        "reason": _text(line.reason),
        "row_id": str(line.row_id),
        "sealed": "true" if line.sealed else "false",
        "actor_id": str(line.actor_id),
        "trial_id": "null" if line.trial_id is None else str(line.trial_id),
        "request_id": _text(line.request_id),
        "table_name": _text(line.table_name),
        "written_at": _text(line.written_at),
        "actor_label": _text(line.actor_label),
    }
    return _object(parts)


def line_sha256(line: EntryLine) -> str:
    """The hash of an entry, in hexadecimal."""
    return hashlib.sha256(canonical_line(line).encode()).hexdigest()


def block_sha256(
    *,
    number: int,
    made_at: str,
    sealed: bool,
    trial_id: int | None,
    previous: str,
    entries: Sequence[tuple[int, str]],
) -> str:
    """The hash of a block: its position, its entries by id and hash, and the previous block's hash ("" for none)."""
    listed = ", ".join(f'[{entry_id}, "{digest}"]' for entry_id, digest in entries)
    parts = {
        "number": str(number),
        "sealed": "true" if sealed else "false",
        "entries": f"[{listed}]",
        "made_at": _text(made_at),
        "previous": _text(previous),
        "trial_id": "null" if trial_id is None else str(trial_id),
    }
    return hashlib.sha256(_object(parts).encode()).hexdigest()


def exchanged(lines: Sequence[EntryLine], expected: Mapping[int, str]) -> dict[int, int]:
    """Entries whose content is that of another entry of these, among those with a wrong hash: id to the other's id."""
    by_hash = {digest: entry_id for entry_id, digest in expected.items()}
    found = {}
    for line in lines:
        for other in expected:
            if other != line.id and by_hash.get(line_sha256(line._replace(id=other))) == other:
                found[line.id] = other
    return found


def _object(parts: Mapping[str, str]) -> str:
    names = sorted(parts, key=lambda name: (len(name), name))
    return "{" + ", ".join(f'"{name}": {parts[name]}' for name in names) + "}"


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
