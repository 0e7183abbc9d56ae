"""Rates by arm with their exact intervals: the small figure beside each of the board's questions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes

from dsmb.rendering.figures.drawing import INK, RULE, Drawing, canvas, mark_of, to_svg
from dsmb.rendering.figures.marks import Marks, told
from dsmb.rendering.sentences import shown as shown_figure
from dsmb.rendering.wording import NBSP, TOTAL, arm_text, count_text, interval_text

ROW_INCHES = 0.2
MARGIN_INCHES = 0.48
WIDTH_INCHES = 3.7
SCALES = (10, 25, 50, 75, 100)


@dataclass(frozen=True)
class Rate:
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
    *, figure_id: str, title: str, table_id: str, rates: Sequence[Rate], arms: list[str]
) -> Drawing | None:
    """Percentages with 95 % exact intervals, one line per group and arm; None when no line has a denominator."""
    shown = [rate for rate in rates if rate.cell.get("denominator") and rate.cell.get("count") is not None]
    if not shown:
        return None
    description, marks = "; ".join(f"{_name(rate)}: {count_text(rate.cell)}" for rate in shown), Marks()
    with canvas(MARGIN_INCHES + ROW_INCHES * len(shown), width_inches=WIDTH_INCHES) as (figure, (axes,)):
        for height, rate in zip(range(len(shown) - 1, -1, -1), shown, strict=True):
            _draw_line(axes, height, rate, arms, marks)
        _dress(axes, [_name(rate) for rate in reversed(shown)], _scale(shown))
        height_inches = figure.get_size_inches()[1]
        figure.subplots_adjust(
            left=0.40, right=0.66, top=1 - 0.04 / height_inches, bottom=0.38 / height_inches
        )
        svg = to_svg(figure, figure_id=figure_id, title=title, description=description, marks=marks)
    values = tuple(shown_figure(rate.cell, count_text(rate.cell)) for rate in shown)
    return Drawing(figure_id, title, description, svg, table_id, values)


def _name(rate: Rate) -> str:
    return f"{rate.group}, {arm_text(rate.arm)}" if rate.group else arm_text(rate.arm)


def _words(rate: Rate) -> str:
    """The count as everywhere, and the limits that the line shows."""
    if rate.limits is None:
        return count_text(rate.cell)
    low, high = (limit / 100 for limit in rate.limits)
    return f"{count_text(rate.cell)}; two-sided 95{NBSP}% interval {interval_text(low, high)}"


def _draw_line(axes: Axes, height: int, rate: Rate, arms: list[str], marks: Marks) -> None:
    mark, words = mark_of(arms, rate.arm), told(_name(rate), rate.cell, _words(rate))
    if rate.limits:
        marks.line(axes, (rate.limits[0], height), (rate.limits[1], height), words)
        axes.plot(rate.limits, (height, height), color=mark.colour, linestyle=mark.line, linewidth=1.6)
    face = "white" if rate.arm == TOTAL else mark.colour
    point: dict[str, Any] = {
        "marker": mark.marker,
        "color": mark.colour,
        "markerfacecolor": face,
        "markersize": 6,
    }
    axes.plot([rate.share], [height], clip_on=False, zorder=3, **point)
    if not rate.limits:
        marks.dot(axes, (rate.share, height), words)
    axes.annotate(
        count_text(rate.cell),
        (1.02, height),
        xycoords=("axes fraction", "data"),
        va="center",
        fontsize=8,
        color=INK,
    )


def _scale(rates: Sequence[Rate]) -> int:
    """The end of the axis, %: the smallest that shows every interval whole."""
    highest = max(rate.limits[1] if rate.limits else rate.share for rate in rates)
    return next((end for end in SCALES if highest <= end), SCALES[-1])


def _dress(axes: Axes, names: Sequence[str], scale: int) -> None:
    axes.set_xlim(0, scale)
    axes.set_ylim(-0.6, len(names) - 0.4)
    axes.set_yticks(range(len(names)), names, fontsize=7.5)
    axes.tick_params(axis="x", labelsize=7)
    axes.tick_params(axis="y", length=0, pad=8)
    axes.set_xlabel("%, exact two-sided 95 % interval; at most: one-sided", fontsize=7)
    axes.grid(axis="x", color=RULE, linewidth=0.5)
    axes.set_axisbelow(True)
    axes.spines["left"].set_visible(False)
