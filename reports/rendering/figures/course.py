"""Readings around the infusions: median and quartiles at each planned check, one strip per variable.

The arms are side by side.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from documents.inks import RULE
from documents.svg import Canvas, Scale, upright
from documents.ticks import ticks_around
from reports.rendering.figures.drawing import Drawing, mark_of
from reports.rendering.figures.marks import cell_tooltip, mark_name
from reports.rendering.grids import grid_arms
from reports.rendering.wording import TOTAL, arm_text, short_count_text

WIDTH, STRIP, GAP, LEFT, RIGHT, TOP = 511.0, 78.0, 26.0, 44.0, 500.0, 20.0
Cells = Mapping[tuple[str, str], Mapping[str, Any]]


def draw_course(table: Mapping[str, Any]) -> Drawing | None:
    """One strip per variable that was measured; None when none was."""
    arms = [arm for arm in grid_arms(table) if arm != TOTAL] or [TOTAL]
    strips = [(measure, _cells(table, measure)) for measure in table.get("measures", {})]
    strips = [
        (measure, cells)
        for measure, cells in strips
        if any(c.get("median") is not None for c in cells.values())
    ]
    if not strips:
        return None
    canvas = Canvas(WIDTH, TOP + len(strips) * (STRIP + GAP))
    checks = list(table["levels"])
    _legend(canvas, arms)
    for place, (measure, cells) in enumerate(strips):
        _strip(canvas, table["measures"][measure], cells, arms, checks, TOP + place * (STRIP + GAP))
    title = "Readings around the infusions"
    names = ", ".join(str(table["measures"][measure]).split(",")[0].lower() for measure, _ in strips)
    description = (
        f"{names} at {len(checks)} planned checks: median (mark) and quartiles (line) over infusions. Checks "
        "stand at equal distances."
    )
    svg = canvas.svg(figure_id="figure-course", title=title, description=description)
    return Drawing("figure-course", title, description[0].upper() + description[1:], svg, str(table["id"]))


def _cells(table: Mapping[str, Any], measure: str) -> Cells:
    return {(str(c["level"]), str(c["arm"])): c for c in table.get("cells", ()) if c["measure"] == measure}


def _strip(
    canvas: Canvas, name: str, cells: Cells, arms: Sequence[str], checks: Sequence[str], top: float
) -> None:
    shown = [c for (_, arm), c in cells.items() if arm in arms and c.get("median") is not None]
    ticks = ticks_around(min(c["q1"] for c in shown), max(c["q3"] for c in shown), 4)
    base = top + 10 + STRIP - 20
    values = Scale(ticks[0], ticks[-1], base, top + 10)
    upright(canvas, values, ticks, LEFT, RIGHT)
    canvas.text(name, (LEFT, top + 3), size=7.5, bold=True)
    step = (RIGHT - LEFT) / len(checks)
    for place, check in enumerate(checks):
        x = LEFT + step * (place + 0.5)
        canvas.text(check, (x, base + 8), size=6, anchor="middle")
    for index, arm in enumerate(arms):
        shift = 5.0 * (index - (len(arms) - 1) / 2)
        _course(canvas, name, cells, arm, list(arms), checks=checks, values=values, shift=shift)
    canvas.line((LEFT, base), (RIGHT, base), colour=RULE, width=0.6)


def _course(
    canvas: Canvas,
    name: str,
    cells: Cells,
    arm: str,
    arms: list[str],
    *,
    checks: Sequence[str],
    values: Scale,
    shift: float,
) -> None:
    mark, step = mark_of(arms, arm) if arm != TOTAL else mark_of([], TOTAL), (RIGHT - LEFT) / len(checks)
    found = [
        (LEFT + step * (place + 0.5) + shift, cells[check, arm])
        for place, check in enumerate(checks)
        if (check, arm) in cells and cells[check, arm].get("median") is not None
    ]
    canvas.path([(x, values.at(c["median"])) for x, c in found], colour=mark.colour, dash=mark.line)
    for x, cell in found:
        with canvas.group(
            cell_tooltip(mark_name(name, cell["level"], arm=arm), cell, short_count_text(cell))
        ):
            canvas.line((x, values.at(cell["q1"])), (x, values.at(cell["q3"])), colour=mark.colour)
            middle = (x, values.at(cell["median"]))
            canvas.mark(mark.marker, middle, size=2.4, fill=mark.colour, edge=mark.colour)


def _legend(canvas: Canvas, arms: Sequence[str]) -> None:
    for place, arm in enumerate(arms):
        mark, x = mark_of(list(arms), arm), LEFT + 70 * place
        canvas.line((x, 8), (x + 18, 8), colour=mark.colour, dash=mark.line, width=1.2)
        canvas.mark(mark.marker, (x + 9, 8), size=2.8, fill=mark.colour, edge=mark.colour)
        canvas.text(arm_text(arm), (x + 22, 8), size=7)
