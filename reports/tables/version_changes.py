"""The changes in a new version of a report, and the reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reports.rules.printed_figures import PARTS, VALUES, MovedFigure, moved_figures, printed_figures
from reports.tables.layout import Cell, Table

NOT_KEPT = "not kept"
SIGNIFICANT_DIGITS = 12
"""As `reports.rendering.document` writes floats (docs/decisions/0020)."""
MOST_LINES = 200
"""More is no correction but another report; the JSON of the snapshot holds all of it (own choice)."""


def version_changes(corrections: Mapping[str, Any]) -> dict[str, Any]:
    """Every corrected value, one line each, with its reasons; and the number of values that follow from them."""
    before = corrections["corrects_version"]
    table = Table("version_changes", f"What changed since version {before}", "all records of the report")
    table.listing(
        record="Record",
        value="Value",
        before=f"In version {before}",
        after="Now",
        by="Corrected by",
        at="When (UTC)",
        reasons="Reasons kept",
    )
    changes = corrections["changes"]
    table.rows = [_line(change) for change in changes[:MOST_LINES]]
    table.notes += [
        f"Why this version was made: {corrections['reason']}",
        (
            f"The data cut-off is that of version {before}; corrections made up to {corrections['corrections_until']} are "
            "in. "
            "What was entered after the cut-off is left out as before, and so is what happened after it."
        ),
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
    record = ", ".join([change["frame"].replace("_", " "), *(str(value) for value in _named(change["key"]))])
    return {
        "record": record,
        "value": change["column"].replace("_", " ") or "the whole record",
        "before": _shown(change["before"]),
        "after": _shown(change["after"]),
        "by": ", ".join(change.get("by", ())) or NOT_KEPT,
        "at": ", ".join(moment[:16].replace("T", " ") for moment in change.get("at", ())) or NOT_KEPT,
        "reasons": "; ".join(change["reasons"]) or "none kept",
    }


def _named(key: Mapping[str, Any]) -> list[Any]:
    """The participant first: a snapshot keeps its keys in alphabetical order."""
    return [value for _, value in sorted(key.items(), key=lambda one: one[0] != "participant")]


def _shown(value: object) -> str:
    if value is None:
        return "not recorded"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def figures_that_moved(corrections: Mapping[str, Any], tables: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Every figure of the report that differs from the version before: old and new."""
    before = corrections["corrects_version"]
    table = Table("moved_figures", "What moved because of the corrections", "all figures of the report")
    table.listing(
        table="Table", what="Figure", arm="Column", before=f"In version {before}", after="In this version"
    )
    by_id = {str(each["id"]): each for each in tables}
    moved = list(moved_figures(corrections.get("figures_before", ()), _as_kept(tables)))
    table.rows = [_moved_line(by_id.get(one.table_id, {}), one) for one in moved[:MOST_LINES]]
    if not moved:
        table.notes.append("No figure moved.")
    table.note_if(max(0, len(moved) - MOST_LINES), "{n} more figures moved; both JSON documents hold them.")
    return table.as_dict()


def _as_kept(tables: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
    """The figures as in the JSON document, with the same rounding of floats."""
    return [
        [float(f"{value:.{SIGNIFICANT_DIGITS}g}") if isinstance(value, float) else value for value in figure]
        for figure in printed_figures(tables)
    ]


def _moved_line(table: Mapping[str, Any], moved: MovedFigure) -> Cell:
    place = dict(zip(PARTS, moved.place, strict=True))
    words = [
        table.get("measures", {}).get(place["measure"], str(place["measure"]).replace("_", " ")),
        table.get("windows", {}).get(place["window"], place["window"]),
        table.get("levels", {}).get(place["level"], place["level"]),
        place["soc"],
        place["term"],
    ]
    return {
        "table": table.get("title", moved.table_id),
        "what": ", ".join(str(word) for word in words if word is not None),
        "arm": place["arm"],
        "before": _figure(moved.before),
        "after": _figure(moved.after),
    }


def _figure(values: Sequence[Any] | None) -> str:
    """``3/21 (14.3 %)``, ``3``, or a mean, median or estimate to two decimals."""
    if values is None:
        return "not there"
    found = dict(zip(VALUES, values, strict=True))
    for name in ("estimate", "median", "mean"):
        if found[name] is not None:
            return f"{name} {found[name]:.2f}, n = {found['count']}"
    if found["count"] is None:
        return "not recorded"
    if found["denominator"] is None:
        return str(found["count"])
    share = "" if found["percent"] is None else f" ({found['percent']} %)"
    return f"{found['count']}/{found['denominator']}{share}"
