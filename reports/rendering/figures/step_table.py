"""Every step of a curve as a table beside the figure: the other table prints the chosen days only."""

from collections.abc import Mapping, Sequence
from typing import Any

from reports.rendering.figures.steps import CurveLine, Panel, step_text
from reports.rendering.grids import Grid, GridColumn, GridRow
from reports.rendering.wording import NOTHING_TO_SHOW, arm_text, day_text, number_text

TITLE = "every step"


def step_rows(panels: Sequence[Panel], *, figure_id: str, title: str) -> Grid:
    """A heading per measure, below it a line per day on which a curve steps, a column per arm."""
    arms = list(dict.fromkeys(line.arm for panel in panels for line in panel.lines))
    rows = [row for panel in panels for row in _rows(panel, arms)]
    return _grid(figure_id, title, "Study day", [arm_text(arm) for arm in arms], rows)


def enrolment_steps(curve: Sequence[Mapping[str, Any]], *, figure_id: str, title: str) -> Grid:
    """A line per day with an enrolment; also the expected number where the protocol has a planned pace."""
    planned = any("expected" in point for point in curve)
    rows = [
        GridRow(
            day_text(str(point["date"])[:10]),
            (str(point["enrolled"]), *((number_text(point.get("expected")),) if planned else ())),
        )
        for point in curve
    ]
    heads = ["Enrolled", *(["Expected at the planned pace"] if planned else [])]
    return _grid(figure_id, title, "Day", heads, rows)


def _grid(figure_id: str, title: str, stub: str, heads: Sequence[str], rows: Sequence[GridRow]) -> Grid:
    columns = tuple(GridColumn(head) for head in heads)
    return Grid(f"{figure_id}-steps", f"{title}: {TITLE}", "", stub, columns, tuple(rows))


def _rows(panel: Panel, arms: Sequence[str]) -> list[GridRow]:
    steps = {line.arm: _steps(line) for line in panel.lines}
    days = sorted({day for own in steps.values() for day in own})
    lines = [
        GridRow(f"Day {day}", tuple(steps.get(arm, {}).get(day, NOTHING_TO_SHOW) for arm in arms), 2)
        for day in days
    ]
    return [GridRow(panel.label, ()), *lines] if lines else []


def _steps(line: CurveLine) -> Mapping[int, str]:
    return {int(point["day"]): step_text(point, line.unit) for point in line.points}
