"""Stacked grades: the events of each arm and window by CTCAE grade, or by severity when ungraded."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from documents.inks import INK
from documents.svg import Canvas, Scale
from documents.ticks import ticks_within
from reports.rendering.figures.drawing import WIDTH, Drawing
from reports.rendering.figures.marks import cell_tooltip
from reports.rendering.figures.plot import EM_SHARE, SIZE, Plot, numbered_ticks
from reports.rendering.grids import grid_arms
from reports.rendering.labels import level_label, window_label
from reports.rendering.sentences import Piece, figure_text
from reports.rendering.wording import TOTAL, arm_text, short_count_text

# One hue from light to dark: lightness gives the order, and each part has its number.
SHADES = ("#deebf7", "#9ecae1", "#6baed6", "#2171b5", "#08306b")
SEVERITIES = ("MILD", "MODERATE", "SEVERE")
DARK_FROM = 3
LEFT, RIGHT, TOP, ROW, BAR, AXIS = 123.0, 424.0, 23.0, 21.6, 14.0, 31.0
MISSING = "MISSING"


@dataclass(frozen=True)
class Bar:
    """One window and arm: the cells of the levels that occur, in rising order, and the number of events without one."""

    name: str
    cells: Mapping[str, Mapping[str, Any]]
    levels: Sequence[str]

    @property
    def counts(self) -> list[int]:
        return [int(self.cells[level]["count"]) if level in self.cells else 0 for level in self.levels]

    @property
    def missing(self) -> int:
        return int(self.cells[MISSING]["count"]) if MISSING in self.cells else 0


def draw_grades(table: Mapping[str, Any]) -> Drawing | None:
    """Events by grade for each window and arm, counts in the parts.

    None when no event has a grade or severity.
    """
    measure, levels = _scale(table)
    bars = _bars(table, measure, levels)
    if not bars:
        return None
    scale = "CTCAE grade" if measure == "ae_by_grade" else "severity"
    title = f"Adverse events by {scale}"
    description = "; ".join(
        f"{bar.name}: {', '.join(str(count) for count in bar.counts)}, not recorded {bar.missing}"
        for bar in bars
    )
    canvas = Canvas(WIDTH, TOP + ROW * len(bars) + AXIS)
    shades = SHADES if len(levels) > len(SEVERITIES) else SHADES[0::2]
    names = [level_label(table, measure, level) for level in levels]
    _legend(canvas, names, shades)
    _draw_bars(canvas, bars, names, shades)
    words = f"By level in rising order. {description}."
    svg = canvas.svg(figure_id="figure-grades", title=title, description=words)
    return Drawing("figure-grades", title, words, svg, str(table["id"]), _values(table, measure))


def _scale(table: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """Grades when any event has one, else severity."""
    for cell in table.get("cells", ()):
        if cell["measure"] == "ae_by_grade" and str(cell["level"]) != MISSING and cell["count"]:
            return "ae_by_grade", ("1", "2", "3", "4", "5")
    return "ae_by_severity", SEVERITIES


def _bars(table: Mapping[str, Any], measure: str, levels: Sequence[str]) -> list[Bar]:
    cells: dict[tuple[str, str], dict[str, Mapping[str, Any]]] = {}
    for cell in table.get("cells", ()):
        if cell["measure"] == measure:
            cells.setdefault((str(cell["window"]), str(cell["arm"])), {})[str(cell["level"])] = cell
    arms = [arm for arm in grid_arms(table) if arm != TOTAL] or [TOTAL]
    return [
        Bar(f"{window_label(table, window)}, {arm_text(arm)}", by_level, levels)
        for (window, arm), by_level in cells.items()
        if arm in arms and _is_drawn(by_level.values())
    ]


def _is_drawn(cells: Collection[Mapping[str, Any]]) -> bool:
    """A bar with a withheld part is left out: its length would reveal the withheld count."""
    return all(cell.get("count") is not None for cell in cells) and any(cell["count"] for cell in cells)


def _values(table: Mapping[str, Any], measure: str) -> tuple[Piece, ...]:
    arms = [arm for arm in grid_arms(table) if arm != TOTAL] or [TOTAL]
    cells = (cell for cell in table.get("cells", ()) if cell["measure"] == measure and cell["arm"] in arms)
    return tuple(figure_text(cell, str(cell["count"])) for cell in cells if cell.get("count"))


def _legend(canvas: Canvas, names: Sequence[str], shades: Sequence[str]) -> None:
    left = LEFT
    for name, shade in zip(names, shades, strict=True):
        canvas.rectangle((left, 5), (10, 6), fill=shade, edge=INK)
        canvas.text(name, (left + 14, 8), size=SIZE)
        left += 26 + EM_SHARE * SIZE * len(name)


def _draw_bars(canvas: Canvas, bars: Sequence[Bar], names: Sequence[str], shades: Sequence[str]) -> None:
    base = TOP + ROW * len(bars)
    plot = Plot(canvas, Scale(0, 100, LEFT, RIGHT), Scale(0, len(bars), base, TOP))
    plot.below(
        numbered_ticks(ticks_within(0, 100, 5)), "% of the events whose value is recorded; numbers are events"
    )
    for place, bar in enumerate(bars):
        middle = TOP + ROW * (place + 0.5)
        canvas.text(bar.name, (LEFT - 6, middle), size=SIZE, anchor="end")
        _draw_bar(plot, middle, bar, names, shades)
        canvas.text(f"not recorded: {bar.missing}", (RIGHT + 4, middle), size=7.5)
    canvas.line((LEFT, TOP), (LEFT, base), width=0.6)


def _draw_bar(plot: Plot, middle: float, bar: Bar, names: Sequence[str], shades: Sequence[str]) -> None:
    left, total = 0.0, sum(bar.counts)
    for place, count in enumerate(bar.counts):
        if not count:
            continue
        share, shade = 100 * count / total, shades[place]
        start, end = plot.x.at(left), plot.x.at(left + share)
        cell = bar.cells[bar.levels[place]]
        words = cell_tooltip(f"{bar.name}, {names[place]}", cell, short_count_text(cell))
        plot.canvas.rectangle(
            (start, middle - BAR / 2), (end - start, BAR), fill=shade, edge=INK, tooltip=words
        )
        if share >= DARK_FROM:
            colour = "white" if SHADES.index(shade) >= DARK_FROM else INK
            plot.canvas.text(
                str(count), ((start + end) / 2, middle), size=7.5, anchor="middle", colour=colour
            )
        left += share
