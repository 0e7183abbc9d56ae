"""When participants died: the probability of death by study day, with the number at risk."""

from collections.abc import Mapping
from typing import Any

from reports.rendering.figures.drawing import Drawing
from reports.rendering.figures.step_table import step_rows
from reports.rendering.figures.steps import draw_panels, panels_of

FIGURE_ID = "figure-death-curve"
TITLE = "Probability of death over time"


def draw_death_curve(table: Mapping[str, Any], *, arms: list[str]) -> Drawing | None:
    """One curve per arm; None when the table has none."""
    panels = panels_of(table)
    if not panels:
        return None
    svg, description = draw_panels(
        panels, arms=arms, figure_id=FIGURE_ID, title=TITLE, axis="Died by the day, %"
    )
    steps = step_rows(panels, figure_id=FIGURE_ID, title=TITLE)
    return Drawing(FIGURE_ID, TITLE, description, svg, str(table["id"]), steps=steps)
