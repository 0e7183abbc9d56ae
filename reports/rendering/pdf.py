"""The report as PDF: archival (PDF/A-2), tagged for assistive technology (PDF/UA-1), the same bytes each time."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typst

from documents.fonts import fonts
from documents.pdf_standards import STANDARDS
from documents.svg import without_tooltips
from reports.rendering.arrangement import ShownPart
from reports.rendering.document import CLOSED
from reports.rendering.figures.drawing import Drawing
from reports.rendering.grids import Grid
from reports.rendering.page import HASH_SHOWN, Page

SOURCE = Path(__file__).resolve().parent / "report.typ"
AUDIENCE: Mapping[str, str] = {
    CLOSED.upper(): "For members of the board and the unblinded statistician only; arms are coded.",
}
MANY_COLUMNS = 9
"""Tables with more columns are set smaller."""
POOLED = "All participants pooled; nothing here is split by arm."


def pdf_bytes(page: Page) -> bytes:
    """The PDF document of a report, dated with its data cut-off.

    Independent of fonts and clock of the machine.
    """
    cutoff = _cutoff(page)
    compiled = typst.compile(
        SOURCE.read_bytes(),
        font_paths=fonts(),
        sys_inputs={"report": pdf_source(page)},
        format="pdf",
        pdf_standards=STANDARDS,
        timestamp=int(cutoff.timestamp()),
    )
    return bytes(compiled)


def pdf_source(page: Page) -> str:
    """The input of the typst source for a page, as JSON."""
    return json.dumps(_data(page, _cutoff(page)), ensure_ascii=False, default=vars)


def _cutoff(page: Page) -> datetime:
    return datetime.fromisoformat(page.cutoff_iso).astimezone(UTC)


def _data(page: Page, cutoff: datetime) -> dict[str, Any]:
    """The page as the typst source uses it."""
    titles = {grid.id: grid.title for grid in page.tables}
    return vars(page) | {
        "document_title": f"{page.kind} report, {page.trial}, {page.look}, version {page.version}",
        "cutoff_day": [cutoff.year, cutoff.month, cutoff.day],
        "short_hash": page.snapshot_sha256[:HASH_SHOWN],
        "audience": AUDIENCE.get(page.kind, POOLED),
        "front_figures": [_figure_data(figure) for figure in page.front_figures],
        "answers": [
            vars(answer) | {"figure": answer.figure and _figure_data(answer.figure)}
            for answer in page.answers
        ],
        "corrections": [_part_data(part, titles) for part in page.corrections],
        "sections": [_part_data(part, titles) for part in page.sections],
        "appendix": [_part_data(part, titles) for part in page.appendix],
        "profiles": [
            vars(profile)
            | {
                "figure": _figure_data(profile.figure),
                "grid": _grid_data(profile.grid),
            }
            for profile in page.profiles
        ],
    }


def _part_data(part: ShownPart, titles: Mapping[str, str]) -> dict[str, Any]:
    return {
        "title": part.title,
        "sentences": part.sentences,
        "figures": [
            _figure_data(figure) | {"table_title": titles.get(figure.table_id, figure.table_id)}
            for figure in part.figures
        ],
        "grids": [_grid_data(grid) for grid in part.grids],
    }


def _figure_data(figure: Drawing) -> dict[str, Any]:
    """A figure on paper, without tooltips."""
    return {"title": figure.title, "description": figure.description, "svg": without_tooltips(figure.svg)}


def _grid_data(grid: Grid) -> dict[str, Any]:
    return {
        "title": grid.title,
        "population": grid.other_population,
        "notes": grid.notes,
        "rules": grid.rules,
        "is_sideways": len(grid.columns) >= MANY_COLUMNS,
        "size": _size(grid),
        "is_wide": grid.is_wide,
        "is_listing": not all(column.is_numeric for column in grid.columns),
        "numeric": [column.is_numeric for column in grid.columns],
        "head": _head(grid),
        "rows": [{"label": row.label, "depth": row.depth, "cells": row.cells} for row in grid.rows],
    }


def _size(grid: Grid) -> float:
    """The size of the words in a table's cells, points."""
    if len(grid.columns) > MANY_COLUMNS:
        return 6.0
    return 6.4 if grid.is_wide else 7.0


def _head(grid: Grid) -> list[str]:
    """The head of each column, the row labels' first.

    The text after a colon or a comma is on a line of its own.
    """
    labels = (column.label.replace(": ", "\n").replace(", ", "\n") for column in grid.columns)
    return [grid.stub or "Measure", *labels]
