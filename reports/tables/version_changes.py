"""What a new version of a report changed, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reports.tables.layout import Cell, Table

MOST_LINES = 200
"""More is no correction but another report; the JSON of the snapshot holds all of it (own choice)."""


def version_changes(corrections: Mapping[str, Any]) -> dict[str, Any]:
    """Every corrected value, one line each, with the reasons kept for it; how many values follow from them."""
    before = corrections["corrects_version"]
    table = Table("version_changes", f"What changed since version {before}", "all records of the report")
    table.listing(
        record="Record", value="Value", before=f"In version {before}", after="Now", reasons="Reasons kept"
    )
    changes = corrections["changes"]
    table.rows = [_line(change) for change in changes[:MOST_LINES]]
    table.notes += [
        f"Why this version was made: {corrections['reason']}",
        f"The data cut-off is that of version {before}; corrections made up to {corrections['corrections_until']} are in. "
        "What was entered after the cut-off is left out as before, and so is what happened after it.",
    ]
    differing = corrections.get("differing", 0)
    if not changes and not differing:
        table.notes.append("No value of the report differs from the version before.")
    table.note_if(
        differing,
        "{n} values of the report's data differ from the version before: they follow from the corrections.",
    )
    table.note_if(max(0, len(changes) - MOST_LINES), "{n} more values differ; the snapshot holds them.")
    return table.as_dict()


def _line(change: Mapping[str, Any]) -> Cell:
    record = ", ".join([change["frame"].replace("_", " "), *(str(value) for value in change["key"].values())])
    return {
        "record": record,
        "value": change["column"].replace("_", " ") or "the whole record",
        "before": _shown(change["before"]),
        "after": _shown(change["after"]),
        "reasons": "; ".join(change["reasons"]) or "none kept",
    }


def _shown(value: object) -> str:
    if value is None:
        return "not recorded"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
