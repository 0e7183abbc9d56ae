"""The report's JSON document, from which HTML and PDF are rendered."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

Document = dict[str, Any]
Table = Mapping[str, Any]

SIGNIFICANT_DIGITS = 12
"""Of every float in a report: three more than any table prints, four fewer than a processor may change."""
OPEN = "open"
CLOSED = "closed"


@dataclass(frozen=True, kw_only=True)
class Header:
    """The data of the header of every table, figure and page, and the provenance of the report.

    ``look`` is None for a report that is no planned look; ``trigger`` is look, calendar, death, request or boundary.
    ``snapshot_sha256`` is the hash of the rows that this kind of report may use: the open report has the hash of the
    blinded rows, because a hash over sealed rows would change with the allocation. ``provenance`` has the versions of
    code, protocol, dictionary and rule sets; ``entered_after_cutoff`` counts the rows left out.
    """

    trial: str
    title: str
    look: int | None
    trigger: str
    kind: str
    version: int
    data_cutoff_at: datetime
    snapshot_sha256: str
    provenance: Mapping[str, Any]
    entered_after_cutoff: Mapping[str, int]
    corrected_after_cutoff: Mapping[str, int]
    board: Mapping[str, Any]


def assemble(
    *,
    header: Header,
    arms: Sequence[Mapping[str, Any]],
    tables: Sequence[Table],
    profiles: Sequence[Mapping[str, Any]] = (),
    profiles_left_out: int = 0,
) -> Document:
    """The report as one JSON-able mapping, keys as the contract of the board report names them."""
    if header.kind not in (OPEN, CLOSED):
        raise ValueError(f"kind: {header.kind!r} is neither 'open' nor 'closed'.")
    return {
        "trial": header.trial,
        "title": header.title,
        "look": header.look,
        "trigger": header.trigger,
        "kind": header.kind,
        "version": header.version,
        "data_cutoff_at": instant_text(header.data_cutoff_at),
        "snapshot_sha256": header.snapshot_sha256,
        "provenance": dict(header.provenance),
        "entered_after_cutoff": dict(header.entered_after_cutoff),
        "corrected_after_cutoff": dict(header.corrected_after_cutoff),
        "board": dict(header.board),
        "arms": [dict(arm) for arm in arms],
        "tables": [same_everywhere(dict(table)) for table in tables],
        "profiles": [same_everywhere(dict(profile)) for profile in profiles],
        "profiles_left_out": profiles_left_out,
    }


def same_everywhere(value: Any) -> Any:
    """The same value with every float rounded to `SIGNIFICANT_DIGITS`.

    The last digits of a p-value depend on the processor (its vector instructions order the same sum differently). Without
    them a report frozen on one machine has the same bytes on another (docs/decisions/0020).
    """
    if isinstance(value, float):
        return float(f"{value:.{SIGNIFICANT_DIGITS}g}")
    if isinstance(value, Mapping):
        return {key: same_everywhere(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [same_everywhere(item) for item in value]
    return value


def instant_text(moment: datetime) -> str:
    """An aware time as ISO 8601 in UTC with ``Z``; a naive one is refused."""
    if moment.tzinfo is None:
        raise ValueError(f"data_cutoff_at: {moment.isoformat()} has no time zone; give an aware moment.")
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def canonical_bytes(value: Any) -> bytes:
    """JSON with sorted keys, no spaces, UTF-8: the input of a snapshot's hash. NaN and infinity are refused."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def json_bytes(document: Document) -> bytes:
    """The JSON document as archived: keys in reading order, indented, one newline at the end."""
    return (json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def sha256_hex(content: bytes) -> str:
    """SHA-256 of the bytes in lower-case hexadecimal."""
    return hashlib.sha256(content).hexdigest()
