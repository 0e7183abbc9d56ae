"""What of its tables an open report shows: protocol data, and enrolment alone where two open reports are too close."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from trials.rules.protocol import OPEN_REPORT_TABLES, OpenReportPlan

TableDict = dict[str, Any]

SURVIVAL: Mapping[str, tuple[str, ...]] = {"deaths": ("probability_of_death",), "time_to_first_event": ()}
"""Tables with survival curves, each with its measures that are read from them."""
STEP_TABLES: Mapping[str, tuple[str, ...]] = {
    "enrolment": ("screened", "enrolled", "enrolled_of_planned"),
    "maturity": (),
}
"""What an open report shows that is too close to another one: of each table the measures.

None: only its notes.
"""
PARTICIPANT = "participant"


def open_content(tables: Iterable[TableDict], rule: OpenReportPlan, *, is_too_close: bool) -> list[TableDict]:
    """The tables that the protocol's rule leaves in an open report, in their order."""
    if is_too_close:
        return [
            _of_measures(table, STEP_TABLES[table["id"]]) for table in tables if table["id"] in STEP_TABLES
        ]
    kept = [table for table in tables if table["id"] in rule.tables]
    if not rule.has_survival:
        kept = [_without_survival(table) if table["id"] in SURVIVAL else table for table in kept]
    return kept if rule.has_listings else [_without_participants(table) for table in kept]


def left_out_tables(tables: Iterable[TableDict], shown: Iterable[TableDict]) -> list[str]:
    """The titles of the tables that an open report does not show, sealed ones apart: they are in the closed report only."""
    ids = {table["id"] for table in shown}
    open_ones = (table for table in tables if table["id"] in OPEN_REPORT_TABLES)
    return [table["title"] for table in open_ones if table["id"] not in ids]


def _without_participants(table: TableDict) -> TableDict:
    """Without the lines about single participants; lines about sites or boundaries stay."""
    rows = table.get("rows")
    if not rows or not any(PARTICIPANT in row for row in rows):
        return table
    return {name: value for name, value in table.items() if name not in ("rows", "columns")}


def _without_survival(table: TableDict) -> TableDict:
    measures = SURVIVAL[table["id"]]
    cells = [cell for cell in table["cells"] if cell["measure"] not in measures]
    return {name: value for name, value in table.items() if name != "curves"} | {"cells": cells}


def _of_measures(table: TableDict, measures: tuple[str, ...]) -> TableDict:
    kept = {
        name: value for name, value in table.items() if name not in ("rows", "columns", "curve", "curves")
    }
    return kept | {"cells": [cell for cell in table["cells"] if cell["measure"] in measures]}
