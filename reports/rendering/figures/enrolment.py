"""The enrolment curve: participants enrolled over time, with the protocol's looks and plan as lines."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from documents.calendar_ticks import calendar_labels, calendar_ticks
from documents.inks import GREY
from documents.svg import Canvas, Point, Scale
from documents.ticks import whole_ticks
from documents.tooltips import Tooltip
from reports.rendering.figures.drawing import OKABE_ITO, Drawing
from reports.rendering.figures.plot import Plot, Tick, numbered_ticks
from reports.rendering.figures.step_table import enrolment_steps
from reports.rendering.wording import day_text, number_text

FIGURE_ID = "figure-enrolment"
WIDTH, LEFT, RIGHT, TOP, HEIGHT, AXIS = 403.0, 40.0, 355.0, 6.0, 71.0, 24.0
MOST_TICKS = 6
EPOCH = date(1970, 1, 1)
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
    canvas = Canvas(WIDTH, TOP + HEIGHT + AXIS)
    drawn = _looks_drawn(looks, points[-1][1])
    places = [(_number(day), float(count)) for day, count in points]
    end = (_number(_end(points, cutoff)), places[-1][1])
    plot = _plot(canvas, [*places, end], max([*drawn, *_planned(table["curve"]).values(), places[-1][1]]))
    _draw_looks(plot, drawn)
    _draw_expected(plot, table["curve"])
    _draw_curve(plot, places, end)
    _add_tooltips(plot, table["curve"], end[0])
    svg = canvas.svg(figure_id=FIGURE_ID, title=title, description=description)
    steps = enrolment_steps(table["curve"], figure_id=FIGURE_ID, title=title)
    return Drawing(FIGURE_ID, title, description, svg, str(table["id"]), steps=steps)


def _expectation(curve: Sequence[Mapping[str, Any]]) -> str:
    expected = [point["expected"] for point in curve if "expected" in point]
    return f"planned pace: {expected[-1]:g} by the day of the last enrolment; " if expected else ""


def _end(points: Sequence[tuple[date, int]], cutoff: date) -> date:
    """The end of the curve: the cut-off, or a quarter further when enrolment ended long before it."""
    first, last = points[0][0], points[-1][0]
    return max(last, min(cutoff, last + max((last - first) / 4, timedelta(days=7))))


def _number(day: date) -> float:
    """Days since 1970-01-01."""
    return float((day - EPOCH).days)


def _plot(canvas: Canvas, places: Sequence[Point], highest: float) -> Plot:
    first, last = places[0][0], max(places[-1][0], places[0][0] + SHORTEST_AXIS_DAYS)
    aside = 0.03 * (last - first)
    plot = Plot(
        canvas,
        Scale(first - aside, last + aside, LEFT, RIGHT),
        Scale(0, 1.05 * highest, TOP + HEIGHT, TOP),
    )
    up = [tick for tick in whole_ticks(highest, MOST_TICKS) if tick <= plot.y.high]
    plot.rules_across(up)
    plot.beside(numbered_ticks(up), "Enrolled", away=28)
    days, year = _days(first, last)
    plot.below(days)
    canvas.text(year, (RIGHT, plot.y.start + 21), size=8, anchor="end")
    return plot


def _days(first: float, last: float) -> tuple[list[Tick], str]:
    """The days to label at the axis, and their common part: the year, or year and month."""
    days = calendar_ticks(EPOCH + timedelta(first), EPOCH + timedelta(last))
    labels, shared = calendar_labels(days)
    return list(zip(map(_number, days), labels, strict=True)), shared


def _draw_curve(plot: Plot, places: Sequence[Point], end: Point) -> None:
    plot.steps([*places, end], colour=OKABE_ITO[0], width=1.6)
    for place in places:
        plot.canvas.mark("o", plot.at(place), size=1.2, fill=OKABE_ITO[0], edge=OKABE_ITO[0])


def _add_tooltips(plot: Plot, curve: Sequence[Mapping[str, Any]], end: float) -> None:
    """The tooltip of each step: the day, the number enrolled by then and, with a planned pace, the expected number."""
    days = [_number(date.fromisoformat(str(point["date"])[:10])) for point in curve]
    for point, start, stop in zip(curve, days, [*days[1:], end], strict=True):
        planned = f"; {number_text(point['expected'])} expected" if "expected" in point else ""
        words = Tooltip(f"{day_text(str(point['date'])[:10])}: {point['enrolled']} enrolled{planned}")
        plot.hit_line((start, point["enrolled"]), (stop, point["enrolled"]), words)


def _planned(curve: Sequence[Mapping[str, Any]]) -> dict[float, float]:
    """The expected number by day, where the protocol has a planned pace."""
    return {
        _number(date.fromisoformat(str(point["date"])[:10])): float(point["expected"])
        for point in curve
        if "expected" in point
    }


def _draw_expected(plot: Plot, curve: Sequence[Mapping[str, Any]]) -> None:
    """The planned pace, where the protocol has one."""
    planned = list(_planned(curve).items())
    if planned:
        plot.line(planned, colour=OKABE_ITO[1], width=1.2, dash="4 2")
        plot.canvas.line(
            (LEFT + 8, TOP + 6), (LEFT + 26, TOP + 6), colour=OKABE_ITO[1], width=1.2, dash="4 2"
        )
        plot.canvas.text("planned pace", (LEFT + 30, TOP + 6), size=8)


def _looks_drawn(looks: Sequence[int], reached: int) -> list[int]:
    """The looks that are reached, and the next one when it is near."""
    later = [look for look in looks if look > reached][:1]
    return [look for look in looks if look <= reached] + [one for one in later if one <= 2 * reached]


def _draw_looks(plot: Plot, looks: Sequence[int]) -> None:
    """The looks as named lines."""
    for look in looks:
        y = plot.y.at(look)
        plot.canvas.line((LEFT, y), (RIGHT, y), colour=GREY, width=0.7, dash="3 2")
        plot.canvas.text(f"look {look}", (RIGHT + 3, y), size=7.5)
