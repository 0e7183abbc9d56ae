"""The course of a measured quantity over the study days: mean per arm with its 95 % interval and number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from documents.svg import Canvas, Scale
from documents.ticks import ticks_within
from reports.rendering.figures.drawing import WIDTH, Drawing, mark_of
from reports.rendering.figures.marks import cell_tooltip, mark_name
from reports.rendering.figures.plot import Plot, legend, numbered_ticks, with_margin
from reports.rendering.grids import grid_arms
from reports.rendering.labels import window_label
from reports.rendering.wording import TOTAL, arm_text, number_text, short_count_text

LEFT, RIGHT, TOP, HEIGHT, AXIS, ROW = 66.0, 503.0, 20.0, 145.0, 36.0, 12.0
MOST_TICKS = 5
SHIFT = 0.12
"""Days between the points of two arms on the same day, so that their intervals do not cover each other."""


@dataclass(frozen=True)
class CoursePoint:
    """One day of one arm: mean, its limits (None below two values), the number of participants, and the cell itself."""

    day: int
    mean: float
    limits: tuple[float, float] | None
    count: int
    cell: Mapping[str, Any]


def draw_daily_course(
    table: Mapping[str, Any], *, measure: str, name: str, arms: list[str]
) -> Drawing | None:
    """Means by day and arm, the total only where there are no arms; None when nothing was measured."""
    courses = _courses(table, measure)
    if not any(courses.values()):
        return None
    figure_id = f"figure-{measure.replace('_', '-')}"
    title = f"{name}: mean and 95 % interval by study day"
    description = _description(courses)
    canvas = Canvas(WIDTH, TOP + HEIGHT + AXIS + ROW * len(courses))
    drawn = [arm for arm, points in courses.items() if points]
    legend(canvas, [(mark_of(arms, arm), arm_text(arm)) for arm in drawn], LEFT)
    plot = _plot(canvas, courses, name)
    for place, (arm, points) in enumerate(courses.items()):
        shift = SHIFT * (place - (len(courses) - 1) / 2)
        _draw(plot, table, points, arm, arms, shift)
        _number_under(plot, arm, points, place)
    svg = canvas.svg(figure_id=figure_id, title=title, description=description)
    return Drawing(figure_id, title, description, svg, str(table["id"]))


def _courses(table: Mapping[str, Any], measure: str) -> dict[str, list[CoursePoint]]:
    shown = [arm for arm in grid_arms(table) if arm != TOTAL] or [TOTAL]
    courses: dict[str, list[CoursePoint]] = {arm: [] for arm in shown}
    for cell in table.get("cells", ()):
        if cell["measure"] == measure and cell["arm"] in courses and cell.get("mean") is not None:
            courses[cell["arm"]].append(_point(cell))
    return courses


def _point(cell: Mapping[str, Any]) -> CoursePoint:
    low, high = cell.get("mean_ci_low"), cell.get("mean_ci_high")
    limits = None if low is None or high is None else (float(low), float(high))
    day = int(str(cell["window"]).removeprefix("D"))
    return CoursePoint(day, float(cell["mean"]), limits, int(cell["count"]), cell)


def _description(courses: Mapping[str, Sequence[CoursePoint]]) -> str:
    parts = []
    for arm, points in courses.items():
        if points:
            first, last = points[0], points[-1]
            parts.append(
                f"{arm_text(arm)}: {number_text(first.mean)} on day {first.day} (n {first.count}), "
                f"{number_text(last.mean)} on day {last.day} (n {last.count})"
            )
    return (
        f"{'; '.join(parts)}. Values that stand in for missing ones are in the means where the table says so."
    )


def _plot(canvas: Canvas, courses: Mapping[str, Sequence[CoursePoint]], name: str) -> Plot:
    points = [point for own in courses.values() for point in own]
    values = [value for point in points for value in (point.mean, *(point.limits or ()))]
    low, high = with_margin(values)
    ticks, days = ticks_within(low, high, MOST_TICKS), sorted({point.day for point in points})
    plot = Plot(
        canvas,
        Scale(days[0] - 0.4, days[-1] + 0.4, LEFT, RIGHT),
        Scale(low, high, TOP + HEIGHT, TOP),
    )
    plot.rules_across(ticks)
    plot.beside(numbered_ticks(ticks), name, away=34)
    plot.below(numbered_ticks(days), "Study day")
    return plot


def _draw(
    plot: Plot,
    table: Mapping[str, Any],
    points: Sequence[CoursePoint],
    arm: str,
    arms: list[str],
    shift: float,
) -> None:
    """The line through the means, with a tooltip per point: the cell as its table writes it."""
    if not points:
        return
    mark = mark_of(arms, arm)
    places = [(point.day + shift, point.mean) for point in points]
    plot.line(places, colour=mark.colour, width=1.2, dash=mark.line)
    for (day, mean), point in zip(places, points, strict=True):
        name = mark_name(window_label(table, str(point.cell["window"])), arm=arm)
        with plot.canvas.group(cell_tooltip(name, point.cell, short_count_text(point.cell))):
            if point.limits:
                low, high = ((day, limit) for limit in point.limits)
                plot.line([low, high], colour=mark.colour, width=1)
                plot.canvas.hit_line(plot.at(low), plot.at(high))
            plot.dot(mark.marker, (day, mean), size=2.4, fill=mark.colour, edge=mark.colour)


def _number_under(plot: Plot, arm: str, points: Sequence[CoursePoint], place: int) -> None:
    """The number of each mean, as a row under the axis."""
    y = plot.y.start + AXIS + ROW * place
    plot.canvas.text(f"n, {arm_text(arm)}", (LEFT, y), size=7.5, anchor="end")
    for point in points:
        plot.canvas.text(str(point.count), (plot.x.at(point.day), y), size=7.5, anchor="middle")
