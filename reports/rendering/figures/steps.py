"""Step curves over study days, one per arm, with limits at the chosen days and the number at risk below the axis.

Arms differ by colour, line and marker together; limits are bars at the days that the table prints, side by side,
because bands of two arms would cover each other in black and white.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import fill
from typing import Any

from documents.inks import INK
from documents.svg import Canvas, Scale
from documents.ticks import ticks_within
from documents.tooltips import Tooltip
from reports.rendering.figures.drawing import WIDTH, mark_of
from reports.rendering.figures.marks import cell_tooltip, mark_name
from reports.rendering.figures.plot import Plot, legend, numbered_ticks
from reports.rendering.wording import TOTAL, arm_text, estimate_text, short_count_text

Table = Mapping[str, Any]

LEFT, RIGHT, GAP = 44.0, 503.0, 34.0
HEIGHT, ROW, HEAD, TITLE_LINE, AXIS = 114.0, 10.5, 30.0, 9.5, 39.0
TITLE_CHARACTERS = 32
PERCENT = "%"
SCALES = (5, 10, 25, 50, 75, 100)
BAR_STEP = 0.012
SMALL = 7.0
MOST_TICKS = 6
ALL = "all"


@dataclass(frozen=True)
class CurveLine:
    """One arm's curve of one measure and the cells that print its values."""

    arm: str
    unit: str
    last_day: int
    points: Sequence[Mapping[str, Any]]
    at_risk: Sequence[Mapping[str, Any]]
    cells: Sequence[Mapping[str, Any]]

    @property
    def factor(self) -> int:
        return 100 if self.unit == PERCENT else 1


@dataclass(frozen=True)
class Panel:
    """The curves of one measure."""

    label: str
    lines: Sequence[CurveLine]


def panels_of(table: Table, measures: Sequence[str] | None = None) -> list[Panel]:
    """One panel per measure with curves in the table; arms, or the total where there are none.

    A curve with a withheld value is left out: its steps would reveal it.
    """
    withheld = {(cell["measure"], cell["arm"]) for cell in table.get("cells", ()) if cell.get("withheld")}
    curves = [
        curve
        for curve in table.get("curves", ())
        if (measures is None or curve["measure"] in measures)
        and (curve["measure"], curve["arm"]) not in withheld
    ]
    found = []
    for measure in dict.fromkeys(str(curve["measure"]) for curve in curves):
        own = [curve for curve in curves if curve["measure"] == measure]
        arms = [c for c in own if c["arm"] != TOTAL] or own
        found.append(Panel(str(own[0]["label"]), [_line(table, curve) for curve in arms]))
    return found


def draw_panels(
    panels: Sequence[Panel], *, arms: list[str], figure_id: str, title: str, axis: str
) -> tuple[str, str]:
    """The panels side by side as SVG, and their description: every value that the table prints."""
    rows = max(len(panel.lines) for panel in panels)
    is_alone = len(panels) == 1
    titles = [panel.label if is_alone else fill(panel.label, TITLE_CHARACTERS) for panel in panels]
    top = HEAD + TITLE_LINE * max(title.count("\n") for title in titles)
    description = ". ".join(f"{panel.label}: {_values(panel)}" for panel in panels) + "."
    canvas = Canvas(WIDTH, top + HEIGHT + AXIS + ROW * rows)
    legend(canvas, [(mark_of(arms, line.arm), arm_text(line.arm)) for line in panels[0].lines], LEFT)
    width = (RIGHT - LEFT - GAP * (len(panels) - 1)) / len(panels)
    for place, (panel, name) in enumerate(zip(panels, titles, strict=True)):
        left = LEFT + place * (width + GAP)
        plot = _plot(canvas, panel, (left, left + width), top)
        _dress(plot, panel, name, axis if place == 0 else "")
        _draw(plot, panel, arms, is_alone=is_alone)
    return canvas.svg(figure_id=figure_id, title=title, description=description), description


def _plot(canvas: Canvas, panel: Panel, edges: tuple[float, float], top: float) -> Plot:
    last = _last_day(panel)
    days = Scale(-0.02 * last, 1.03 * last if last else 1, *edges)
    return Plot(canvas, days, Scale(0, _top(panel), top + HEIGHT, top))


def _last_day(panel: Panel) -> int:
    return max(
        [line.last_day for line in panel.lines]
        + [int(point["day"]) for line in panel.lines for point in line.at_risk]
    )


def _dress(plot: Plot, panel: Panel, name: str, axis: str) -> None:
    ticks = ticks_within(0, plot.y.high, MOST_TICKS)
    plot.rules_across(ticks)
    plot.beside(numbered_ticks(ticks), axis, away=32)
    days = [float(point["day"]) for point in panel.lines[0].at_risk]
    plot.below(numbered_ticks(days), "Study day; below: at risk")
    lines = name.split("\n")
    for place, words in enumerate(lines):
        plot.canvas.text(
            words, (plot.x.start, plot.y.end - 8 - TITLE_LINE * (len(lines) - 1 - place)), size=8
        )


def _line(table: Table, curve: Mapping[str, Any]) -> CurveLine:
    cells = [
        cell for cell in table.get("cells", ())
        if (cell["measure"], cell["arm"]) == (curve["measure"], curve["arm"]) and "estimate" in cell
    ]  # fmt: skip
    return CurveLine(
        str(curve["arm"]),
        str(curve["unit"]),
        int(curve["last_day"]),
        curve["points"],
        curve["at_risk"],
        cells,
    )


def _values(panel: Panel) -> str:
    return "; ".join(
        f"{arm_text(line.arm)}, day {str(cell['level']).removeprefix('D')}: {short_count_text(cell)}"
        for line in panel.lines
        for cell in line.cells
    )


def _draw(plot: Plot, panel: Panel, arms: list[str], *, is_alone: bool) -> None:
    for line in panel.lines:
        _draw_curve(plot, line, arms)
    for place, line in enumerate(panel.lines):
        _add_tooltips(plot, panel.label, line)
        _draw_limits(plot, panel.label, line, arms, place - (len(panel.lines) - 1) / 2)
        _write_at_risk(plot, line, place, is_alone=is_alone)


def _draw_curve(plot: Plot, line: CurveLine, arms: list[str]) -> None:
    mark, points = mark_of(arms, line.arm), line.points
    days = [0, *(int(point["day"]) for point in points), line.last_day]
    values = [0.0, *(line.factor * float(point["estimate"]) for point in points)]
    places = list(zip(days, [*values, values[-1]], strict=True))
    plot.steps(places, colour=mark.colour, width=1.4, dash=mark.line)
    plot.canvas.mark(mark.marker, plot.at(places[-1]), size=1.8, fill=mark.colour, edge=mark.colour)


def _add_tooltips(plot: Plot, label: str, line: CurveLine) -> None:
    """The tooltip of each step: the curve's own point in the table, from its day on."""
    days = [*(int(point["day"]) for point in line.points), line.last_day]
    nothing = f"before day {days[0]}" if line.points else f"up to day {line.last_day}"
    plot.hit_line((0, 0), (days[0], 0), Tooltip(f"{mark_name(label, arm=line.arm)}: none {nothing}"))
    for point, end in zip(line.points, days[1:], strict=True):
        level, name = line.factor * float(point["estimate"]), mark_name(label, arm=line.arm)
        words = Tooltip(f"{name}, from day {point['day']}: {step_text(point, line.unit)}")
        plot.hit_line((int(point["day"]), level), (end, level), words)


def step_text(point: Mapping[str, Any], unit: str) -> str:
    """A step of a curve, in the form of the curve's values at chosen days."""
    return estimate_text({
        "unit": unit, "estimate": point["estimate"], "ci_low": point["low"], "ci_high": point["high"],
        "at_risk": point["at_risk"],
    })  # fmt: skip


def _draw_limits(plot: Plot, label: str, line: CurveLine, arms: list[str], aside: float) -> None:
    """The limits of the printed values, as bars side by side at their days."""
    mark, step = mark_of(arms, line.arm), 2 * BAR_STEP * plot.x.high / 1.03
    for cell in line.cells:
        if cell.get("ci_low") is not None and cell.get("ci_high") is not None:
            day = int(str(cell["level"]).removeprefix("D")) + aside * step
            low, middle, high = (
                line.factor * float(cell[name]) for name in ("ci_low", "estimate", "ci_high")
            )
            name = mark_name(label, str(cell["level"]).replace("D", "day ", 1), arm=line.arm)
            with plot.canvas.group(cell_tooltip(name, cell, short_count_text(cell))):
                plot.line([(day, low), (day, high)], colour=mark.colour, width=0.9)
                plot.dot(mark.marker, (day, middle), size=2, fill=mark.colour, edge=mark.colour)
                plot.canvas.hit_line(plot.at((day, low)), plot.at((day, high)))


def _write_at_risk(plot: Plot, line: CurveLine, place: int, *, is_alone: bool) -> None:
    y = plot.y.start + 34.5 + ROW * place
    for point in line.at_risk:
        x = plot.x.at(float(point["day"]))
        plot.canvas.text(str(point["at_risk"]), (x, y), size=SMALL, anchor="middle")
    name = arm_text(line.arm) if is_alone else ALL if line.arm == TOTAL else line.arm
    plot.canvas.text(name, (plot.x.start - 14, y), size=SMALL, anchor="end", colour=INK)


def _top(panel: Panel) -> float:
    """The end of the axis: the smallest of the scales that shows every limit.

    For means a little above the highest.
    """
    highest = max(
        [line.factor * float(point["estimate"]) for line in panel.lines for point in line.points]
        + [line.factor * float(c["ci_high"]) for line in panel.lines for c in line.cells if c.get("ci_high")]
        + [0.0]
    )
    if panel.lines[0].unit != PERCENT:
        return 1.08 * highest or 1.0
    return next((scale for scale in SCALES if highest <= scale), SCALES[-1])
