"""The enrolment curve: participants enrolled over time, with the protocol's looks and plan as lines."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.ticker import MaxNLocator

from dsmb.rendering.figures.drawing import OKABE_ITO, RULE, Drawing, canvas, to_svg
from dsmb.rendering.figures.marks import Marks, Told
from dsmb.rendering.figures.step_table import enrolment_steps
from dsmb.rendering.wording import day_text, number_text

FIGURE_ID = "figure-enrolment"
HEIGHT_INCHES = 1.4
WIDTH_INCHES = 5.6
SHORTEST_AXIS_DAYS = 7
"""Below this there are no whole days to write at the axis (own choice)."""


def draw_enrolment(table: Mapping[str, Any], *, looks: Sequence[int], cutoff: date) -> Drawing | None:
    """Cumulative enrolments by day up to the cut-off; None when the table has no curve."""
    points = [(date.fromisoformat(str(p["date"])[:10]), int(p["enrolled"])) for p in table.get("curve", ())]
    if not points:
        return None
    title = "Enrolment over time"
    first, last = (day_text(points[place][0].isoformat()) for place in (0, -1))
    description = (
        f"{points[-1][1]} enrolled between {first} and {last}; "
        f"{_expectation(table.get('curve', ()))}"
        f"planned looks at {', '.join(str(look) for look in looks) or 'no number'} enrolled."
    )
    with canvas(HEIGHT_INCHES, width_inches=WIDTH_INCHES) as (figure, (axes,)):
        _draw_curve(axes, points, _end(points, cutoff))
        _draw_expected(axes, table.get("curve", ()))
        _draw_looks(axes, looks, points[-1][1])
        marks = _told(axes, table["curve"], _end(points, cutoff))
        figure.subplots_adjust(left=0.1, right=0.88, top=0.96, bottom=0.26)
        svg = to_svg(figure, figure_id=FIGURE_ID, title=title, description=description, marks=marks)
    steps = enrolment_steps(table["curve"], figure_id=FIGURE_ID, title=title)
    return Drawing(FIGURE_ID, title, description, svg, str(table["id"]), steps=steps)


def _expectation(curve: Sequence[Mapping[str, Any]]) -> str:
    expected = [point["expected"] for point in curve if "expected" in point]
    return f"planned pace: {expected[-1]:g} by the day of the last enrolment; " if expected else ""


def _end(points: Sequence[tuple[date, int]], cutoff: date) -> date:
    """Where the curve ends: at the cut-off, or a quarter of the way on when enrolment ended long before it."""
    first, last = points[0][0], points[-1][0]
    return max(last, min(cutoff, last + max((last - first) / 4, timedelta(days=7))))


def _draw_curve(axes: Axes, points: Sequence[tuple[date, int]], end: date) -> None:
    days = [float(date2num(day)) for day, _ in points] + [float(date2num(end))]
    counts = [count for _, count in points] + [points[-1][1]]
    axes.step(days, counts, where="post", color=OKABE_ITO[0], linewidth=1.6)
    axes.plot(days[:-1], counts[:-1], linestyle="none", marker="o", markersize=2.5, color=OKABE_ITO[0])
    if days[-1] - days[0] < SHORTEST_AXIS_DAYS:
        axes.set_xlim(days[0], days[0] + SHORTEST_AXIS_DAYS)
    locator = AutoDateLocator(maxticks=8)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
    axes.set_ylim(bottom=0)
    axes.set_ylabel("Enrolled")
    axes.grid(axis="y", color=RULE, linewidth=0.4)


def _told(axes: Axes, curve: Sequence[Mapping[str, Any]], end: date) -> Marks:
    """What each step says: the day, the number enrolled by then and, at the planned pace, the number expected."""
    marks = Marks()
    days = [float(date2num(date.fromisoformat(str(point["date"])[:10]))) for point in curve]
    for point, start, stop in zip(curve, days, [*days[1:], float(date2num(end))], strict=True):
        planned = f"; {number_text(point['expected'])} expected" if "expected" in point else ""
        words = Told(f"{day_text(str(point['date'])[:10])}: {point['enrolled']} enrolled{planned}")
        marks.line(axes, (start, point["enrolled"]), (stop, point["enrolled"]), words)
    return marks


def _draw_expected(axes: Axes, curve: Sequence[Mapping[str, Any]]) -> None:
    """The planned pace, where the protocol gives one."""
    planned = [
        (float(date2num(date.fromisoformat(p["date"]))), p["expected"]) for p in curve if "expected" in p
    ]
    if planned:
        axes.plot(
            *zip(*planned, strict=True),
            color=OKABE_ITO[1],
            linestyle="--",
            linewidth=1.2,
            label="planned pace",
        )
        axes.legend(loc="upper left")


def _draw_looks(axes: Axes, looks: Sequence[int], reached: int) -> None:
    """The looks that are reached and the next one, as named lines."""
    later = [look for look in looks if look > reached][:1]
    for look in [look for look in looks if look <= reached] + [one for one in later if one <= 2 * reached]:
        axes.axhline(look, color="#4d4d4d", linewidth=0.7, linestyle="--")
        axes.annotate(
            f"look {look}", (1.01, look), xycoords=("axes fraction", "data"), va="center", fontsize=7.5
        )
