"""Small cells of an open report: counts of subgroups and of changes of the product are withheld when small."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from reports.rules.withholding import is_withheld
from reports.tables.layout import Cell
from trials.rules.protocol import SmallCells

TableDict = dict[str, Any]

SUBGROUPS: Mapping[str, Callable[[str], bool]] = {
    "baseline": lambda measure: measure.startswith("stratum_"),
    "ae_by_stratum": lambda measure: True,  # noqa: ARG005  every row of this table is a subgroup's
    "exposure": lambda measure: measure == "infusions_interrupted",
    "ae_consequences": lambda measure: measure.endswith(("_interruption", "_discontinuation")),
}
"""Measures whose small counts could reveal an arm to ward staff: subgroups, and changes of the product.

One line per table.
"""


def without_small_cells(tables: Iterable[TableDict], rule: SmallCells) -> list[TableDict]:
    """The tables without small cells of subgroups, and without the cells from which they could be computed."""
    return [_withheld(table, rule) if table["id"] in SUBGROUPS else table for table in tables]


def _withheld(table: TableDict, rule: SmallCells) -> TableDict:
    groups: dict[tuple[Any, ...], list[int]] = {}
    for place, cell in enumerate(table["cells"]):
        if SUBGROUPS[table["id"]](cell["measure"]):
            groups.setdefault((cell["measure"], cell.get("window"), cell["arm"]), []).append(place)
    cells = table["cells"]
    hidden = {
        place
        for places in groups.values()
        for place in places
        if _is_small([cells[one] for one in places], rule.below)
    }
    if not hidden:
        return table
    shown = [_blank(cell) if place in hidden else cell for place, cell in enumerate(cells)]
    note = (
        f"Counts of 1 to {rule.below - 1} are withheld from these cells in an open report, and with them the rest of "
        f"their group, from which they could be computed. {rule.source.rstrip('.').capitalize()}."
    )
    return {**table, "cells": shown, "notes": [*table["notes"], note]}


def _is_small(cells: Sequence[Cell], below: int) -> bool:
    """By the counts, and by the sizes of the groups where levels differ in size."""
    sizes = [cell["denominator"] for cell in cells if cell["denominator"] is not None]
    differ = len(set(sizes)) > 1
    return is_withheld((cell["count"] or 0 for cell in cells), below=below) or (
        differ and is_withheld(sizes, below=below)
    )


def _blank(cell: Cell) -> Cell:
    kept = {name: cell.get(name) for name in ("window", "measure", "level", "arm")}
    nothing = dict.fromkeys(("count", "denominator", "percent", "ci_low", "ci_high"))
    return {**kept, **nothing, "withheld": True}
