"""Time to the first event of each kind, with death competing: one panel per kind, with the number at risk."""

from collections.abc import Mapping
from typing import Any

from reports.rendering.figures.drawing import Drawing
from reports.rendering.figures.step_table import step_rows
from reports.rendering.figures.steps import draw_panels, panels_of

FIGURE_ID = "figure-first-events"
TITLE = "Time to the first event"


def draw_first_events(table: Mapping[str, Any], *, arms: list[str]) -> Drawing | None:
    """Cumulative incidence per arm and kind; None when the table has no curve."""
    panels = panels_of(table)
    if not panels:
        return None
    svg, description = draw_panels(
        panels, arms=arms, figure_id=FIGURE_ID, title=TITLE, axis="Had the event by the day, %"
    )
    steps = step_rows(panels, figure_id=FIGURE_ID, title=TITLE)
    return Drawing(FIGURE_ID, TITLE, description, svg, str(table["id"]), steps=steps)
