"""Values and rows in the form of a snapshot; the counterpart of `reading`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

Row = Mapping[str, Any]

MANY_ROWS = 10_000
"""From here on a snapshot has a frame by columns: a third of the size, and read one column at a time."""


def moment_text(moment: datetime | None) -> str | None:
    """An instant as ISO 8601 in UTC with `Z`."""
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def frame_json(rows: Sequence[Row]) -> Sequence[Row] | dict[str, list[Any]]:
    """Few rows as a list of rows, which people can read; many as one list per column.

    All rows have the same names.
    """
    if len(rows) < MANY_ROWS:
        return rows
    return {name: [row[name] for row in rows] for name in rows[0]}
