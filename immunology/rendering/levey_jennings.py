"""A control over time on a logarithmic axis (Levey and Jennings 1950), flags as words beside their marks."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from documents.inks import RULE
from documents.svg import Canvas, Scale
from documents.tooltips import Tooltip
from immunology.rendering.pictures import SealedPicture, mfi_text
from immunology.rules.control_charts import WARNINGS, ChartPoint

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720.0, 210.0, 40.0, 700.0, 20.0, 180.0
WIDEST = 4.5
"""Spreads that are drawn on either side; a value beyond stands at the edge."""


def draw_control_chart(points: Sequence[ChartPoint], *, name: str, figure_id: str) -> SealedPicture:
    """Distances from the mean in spreads: circles in control, triangles warned, crosses out of control.

    Baseline runs have no distance and are in the table alone.
    """
    note = _("Circle: in control, triangle: warning, cross: out of control. Lines at 1, 2 and 3 spreads.")
    columns = (_("Run"), _("Value"), _("Distance in spreads"), _("Flags"))
    rows = [_point_row(point) for point in points]
    drawn = [point for point in points if point.z is not None]
    svg = _chart(drawn, name, note, figure_id) if drawn else ""
    return SealedPicture(name, svg, columns, rows, note)


def _point_row(point: ChartPoint) -> tuple[str, ...]:
    value = None if point.value is None else float(point.value)
    distance = _("baseline") if point.z is None and value else "–" if point.z is None else f"{point.z:+.2f}"
    return point.run, mfi_text(value), distance, ", ".join(point.flags)


def _chart(points: Sequence[ChartPoint], name: str, note: str, figure_id: str) -> str:
    canvas = Canvas(WIDTH, HEIGHT)
    spreads = Scale(-WIDEST, WIDEST, BOTTOM, TOP)
    for level in range(-3, 4):
        y = spreads.at(level)
        canvas.line((LEFT, y), (RIGHT, y), colour=RULE, dash="" if level == 0 else "3 3", width=0.6)
        canvas.text(f"{level:+d}" if level else "0", (LEFT - 4, y), size=6.5, anchor="end")
    step = (RIGHT - LEFT) / len(points)
    places = [(LEFT + step * (place + 0.5), spreads.at(point.z or 0.0)) for place, point in enumerate(points)]
    canvas.path(places, width=0.6)
    for at, point in zip(places, points, strict=True):
        told = Tooltip(f"{point.run}: {point.z:+.2f} {', '.join(point.flags)}".strip())
        canvas.mark(_mark_of(point), at, size=3.0, tooltip=told)
        if point.flags:
            canvas.text(point.flags[0], (at[0], at[1] - 9), size=6, anchor="middle")
    return canvas.svg(figure_id=figure_id, title=name, description=note)


def _mark_of(point: ChartPoint) -> str:
    if not point.flags:
        return "o"
    return "^" if set(point.flags) <= WARNINGS else "x"
