"""Rates by arm with their exact intervals: the small figure beside each of the board's questions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from documents.svg import Canvas, Scale
from documents.ticks import ticks_within
from reports.rendering.figures.drawing import Drawing, mark_of
from reports.rendering.figures.marks import cell_tooltip
from reports.rendering.figures.plot import Plot, numbered_ticks
from reports.rendering.sentences import figure_text as shown_figure
from reports.rendering.wording import NBSP, TOTAL, arm_text, interval_text, short_count_text

WIDTH, LEFT, RIGHT = 266.0, 104.0, 162.0
TOP, ROW, AXIS = 3.0, 14.4, 28.0
SCALES = (10, 25, 50, 75, 100)
MOST_TICKS = 4


@dataclass(frozen=True)
class RateLine:
    """One line of the figure: a group's label and its cell (count, denominator, limits as fractions)."""

    group: str
    arm: str
    cell: Mapping[str, Any]

    @property
    def share(self) -> float:
        return 100 * float(self.cell["count"]) / float(self.cell["denominator"])

    @property
    def limits(self) -> tuple[float, float] | None:
        low, high = self.cell.get("ci_low"), self.cell.get("ci_high")
        return None if low is None or high is None else (100 * float(low), 100 * float(high))


def draw_rates(
    *, figure_id: str, title: str, table_id: str, rates: Sequence[RateLine], arms: list[str]
) -> Drawing | None:
    """Percentages with 95 % exact intervals, one line per group and arm; None when no line has a denominator."""
    shown = [rate for rate in rates if rate.cell.get("denominator") and rate.cell.get("count") is not None]
    if not shown:
        return None
    description = "; ".join(f"{_name(rate)}: {short_count_text(rate.cell)}" for rate in shown)
    canvas = Canvas(WIDTH, TOP + ROW * len(shown) + AXIS)
    plot = _plot(canvas, len(shown), _scale(shown))
    for height, rate in zip(range(len(shown) - 1, -1, -1), shown, strict=True):
        _draw_line(plot, height, rate, arms)
    svg = canvas.svg(figure_id=figure_id, title=title, description=description)
    values = tuple(shown_figure(rate.cell, short_count_text(rate.cell)) for rate in shown)
    return Drawing(figure_id, title, description, svg, table_id, values)


def _name(rate: RateLine) -> str:
    return f"{rate.group}, {arm_text(rate.arm)}" if rate.group else arm_text(rate.arm)


def _words(rate: RateLine) -> str:
    """The count in the common form, and the limits of the line."""
    if rate.limits is None:
        return short_count_text(rate.cell)
    low, high = (limit / 100 for limit in rate.limits)
    return f"{short_count_text(rate.cell)}; two-sided 95{NBSP}% interval {interval_text(low, high)}"


def _plot(canvas: Canvas, lines: int, end: int) -> Plot:
    plot = Plot(
        canvas,
        Scale(0, end, LEFT, RIGHT),
        Scale(-0.5, lines - 0.5, TOP + ROW * lines, TOP),
    )
    ticks = ticks_within(0, end, MOST_TICKS)
    plot.rules_up(ticks)
    plot.below(numbered_ticks(ticks), "%, exact two-sided 95 % interval; ≤ and ≥: one-sided", size=7)
    return plot


def _draw_line(plot: Plot, height: int, rate: RateLine, arms: list[str]) -> None:
    mark, canvas = mark_of(arms, rate.arm), plot.canvas
    canvas.text(_name(rate), (LEFT - 8, plot.y.at(height)), size=7.5, anchor="end")
    canvas.text(short_count_text(rate.cell), (RIGHT + 4, plot.y.at(height)), size=8)
    with canvas.group(cell_tooltip(_name(rate), rate.cell, _words(rate))):
        if rate.limits:
            ends = [(limit, height) for limit in rate.limits]
            plot.line(ends, colour=mark.colour, width=1.6, dash=mark.line)
            canvas.hit_line(plot.at(ends[0]), plot.at(ends[1]))
        face = "white" if rate.arm == TOTAL else mark.colour
        plot.dot(mark.marker, (rate.share, height), size=3, fill=face, edge=mark.colour)


def _scale(rates: Sequence[RateLine]) -> int:
    """The end of the axis, %: the smallest that shows every interval whole."""
    highest = max(rate.limits[1] if rate.limits else rate.share for rate in rates)
    return next((end for end in SCALES if highest <= end), SCALES[-1])
