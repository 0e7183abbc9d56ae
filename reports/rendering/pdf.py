"""The report as PDF: archival (PDF/A-2), tagged for assistive technology (PDF/UA-1), the same bytes each
time.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typst

from documents.fonts import fonts
from documents.pdf_standards import STANDARDS
from documents.svg import painted
from reports.rendering.document import CLOSED
from reports.rendering.figures.drawing import Drawing
from reports.rendering.grids import Grid
from reports.rendering.page import HASH_SHOWN, Page
from reports.rendering.widths import head_of, measures_of, size_of

SOURCE = Path(__file__).resolve().parent / "report.typ"
AUDIENCE: Mapping[str, str] = {
    CLOSED.upper(): "For members of the board and the unblinded statistician only; arms are coded.",
}
SHORT_SIDE, LONG_SIDE = 510.2, 756.8
"""Points between the margins of a page of A4, upright and lying."""
POOLED = "All participants pooled; nothing here is split by arm."


def pdf_bytes(page: Page) -> bytes:
    """The PDF document of a report, dated with its data cut-off; it depends on no font or clock of the
    machine.
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
    """What the typst source is given of a page, as JSON."""
    return json.dumps(_data(page, _cutoff(page)), ensure_ascii=False, default=vars)


def _cutoff(page: Page) -> datetime:
    return datetime.fromisoformat(page.cutoff_iso).astimezone(UTC)


def _data(page: Page, cutoff: datetime) -> dict[str, Any]:
    """The page as the typst source reads it."""
    titles = {grid.id: grid.title for grid in page.tables}
    is_flipped = any(grid.is_wide for grid in page.tables)
    room = LONG_SIDE if is_flipped else SHORT_SIDE
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
        "figures": [
            _figure_data(figure) | {"table_title": titles.get(figure.table_id, figure.table_id)}
            for figure in page.figures
        ],
        "is_flipped": is_flipped,
        "parts": [
            {"title": part.title, "grids": [_grid_data(grid, room, page.stamp) for grid in part.grids]}
            for part in page.parts
        ],
        "profiles": [
            vars(profile)
            | {
                "figure": _figure_data(profile.figure),
                "grid": _grid_data(profile.grid, SHORT_SIDE, page.stamp),
            }
            for profile in page.profiles
        ],
    }


def _figure_data(figure: Drawing) -> dict[str, Any]:
    """What paper shows of a figure: not what it says to a pointer."""
    return {"title": figure.title, "description": figure.description, "svg": painted(figure.svg)}


def _grid_data(grid: Grid, room: float, stamp: str) -> dict[str, Any]:
    """A table with its columns measured, where they can be."""
    measures = measures_of(grid, room, stamp)
    is_one_line = measures.is_one_line if measures else (False,) * len(grid.rows)
    return {
        "title": grid.title,
        "population": grid.population,
        "notes": grid.notes,
        "size": size_of(grid),
        "is_wide": grid.is_wide,
        "is_listing": not all(column.is_numeric for column in grid.columns),
        "numeric": [column.is_numeric for column in grid.columns],
        "head": ["\n".join(lines) for lines in head_of(grid)],
        "widths": measures.widths if measures else (),
        "rows": [
            {"label": row.label, "depth": row.depth, "cells": row.cells, "one": one}
            for row, one in zip(grid.rows, is_one_line, strict=True)
        ],
    }
