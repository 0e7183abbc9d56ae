"""Mean number of events per participant over time: one panel per kind, with the number at risk."""

from collections.abc import Mapping
from typing import Any

from reports.rendering.figures.drawing import Drawing
from reports.rendering.figures.step_table import step_rows
from reports.rendering.figures.steps import draw_panels, panels_of

FIGURE_ID = "figure-mean-events"
TITLE = "Mean number of events over time"


def draw_mean_events(table: Mapping[str, Any], *, arms: list[str]) -> Drawing | None:
    """Mean cumulative events per arm and kind; None when the table has no curve."""
    panels = panels_of(table)
    if not panels:
        return None
    svg, description = draw_panels(
        panels, arms=arms, figure_id=FIGURE_ID, title=TITLE, axis="Events per participant by the day"
    )
    steps = step_rows(panels, figure_id=FIGURE_ID, title=TITLE)
    return Drawing(FIGURE_ID, TITLE, description, svg, str(table["id"]), steps=steps)
