"""The course of a measured quantity over the study days: mean per arm with its 95 % interval, and how many it is of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes

from dsmb.rendering.figures.drawing import RULE, Drawing, canvas, mark_of, to_svg
from dsmb.rendering.figures.marks import Marks, named, told
from dsmb.rendering.grids import arms_of
from dsmb.rendering.labels import window_label
from dsmb.rendering.wording import TOTAL, arm_text, cell_text, number_text

PLOT_INCHES = 2.3
ROW_INCHES = 0.17
BELOW_AXIS_POINTS = -42  # under the name of the axis
SHIFT = 0.12
"""Days between the points of two arms on the same day, so that their intervals do not cover each other."""


@dataclass(frozen=True)
class Point:
    """One day of one arm: mean, its limits (None below two values), of how many participants, and the cell itself."""

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
    description, marks = _description(courses), Marks()
    below = ROW_INCHES * (len(courses) + 3.2)
    height = PLOT_INCHES + below
    with canvas(height) as (figure, (axes,)):
        for place, (arm, points) in enumerate(courses.items()):
            shift = SHIFT * (place - (len(courses) - 1) / 2)
            _draw(axes, points, arm, arms, shift)
            _tell(axes, table, arm, points, shift, marks)
        _dress(axes, name)
        _number_under(axes, courses)
        figure.subplots_adjust(left=0.13, right=0.985, top=1 - 0.28 / height, bottom=below / height)
        svg = to_svg(figure, figure_id=figure_id, title=title, description=description, marks=marks)
    return Drawing(figure_id, title, description, svg, str(table["id"]))


def _courses(table: Mapping[str, Any], measure: str) -> dict[str, list[Point]]:
    shown = [arm for arm in arms_of(table) if arm != TOTAL] or [TOTAL]
    courses: dict[str, list[Point]] = {arm: [] for arm in shown}
    for cell in table.get("cells", ()):
        if cell["measure"] == measure and cell["arm"] in courses and cell.get("mean") is not None:
            courses[cell["arm"]].append(_point(cell))
    return courses


def _point(cell: Mapping[str, Any]) -> Point:
    low, high = cell.get("mean_ci_low"), cell.get("mean_ci_high")
    limits = None if low is None or high is None else (float(low), float(high))
    day = int(str(cell["window"]).removeprefix("D"))
    return Point(day, float(cell["mean"]), limits, int(cell["count"]), cell)


def _description(courses: Mapping[str, Sequence[Point]]) -> str:
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


def _draw(axes: Axes, points: Sequence[Point], arm: str, arms: list[str], shift: float) -> None:
    if not points:
        return
    mark = mark_of(arms, arm)
    days = [point.day + shift for point in points]
    axes.plot(
        days,
        [point.mean for point in points],
        color=mark.colour,
        linestyle=mark.line,
        marker=mark.marker,
        markersize=4.5,
        linewidth=1.2,
        label=arm_text(arm),
    )
    for day, point in zip(days, points, strict=True):
        if point.limits:
            axes.plot((day, day), point.limits, color=mark.colour, linewidth=1)


def _tell(
    axes: Axes, table: Mapping[str, Any], arm: str, points: Sequence[Point], shift: float, marks: Marks
) -> None:
    """What each point says: the cell as its table writes it."""
    for point in points:
        name = named(window_label(table, str(point.cell["window"])), arm=arm)
        words, day = told(name, point.cell, cell_text(point.cell)), point.day + shift
        if point.limits:
            marks.line(axes, (day, point.limits[0]), (day, point.limits[1]), words)
        else:
            marks.dot(axes, (day, point.mean), words)


def _dress(axes: Axes, name: str) -> None:
    axes.set_ylabel(name)
    axes.set_xlabel("Study day")
    axes.grid(axis="y", color=RULE, linewidth=0.4)
    axes.set_axisbelow(True)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=4, borderaxespad=0.1, columnspacing=1)


def _number_under(axes: Axes, courses: Mapping[str, Sequence[Point]]) -> None:
    """How many each mean is of, as rows under the axis."""
    days = sorted({point.day for points in courses.values() for point in points})
    axes.set_xticks(days)
    for row, (arm, points) in enumerate(courses.items()):
        below = {"xytext": (0, BELOW_AXIS_POINTS - 12 * row), "textcoords": "offset points", "fontsize": 7.5}
        axes.annotate(
            f"n, {arm_text(arm)}",
            (0, 0),
            xycoords="axes fraction",
            ha="right",
            **below,  # type: ignore[arg-type]
        )
        for point in points:
            axes.annotate(
                str(point.count),
                (point.day, 0),
                xycoords=("data", "axes fraction"),
                ha="center",
                **below,  # type: ignore[arg-type]
            )
