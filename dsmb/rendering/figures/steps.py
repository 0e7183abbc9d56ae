"""Step curves over study days, one per arm, with limits at the chosen days and the number at risk below the axis.

Arms differ by colour, line and marker together; limits stand as bars at the days where the table prints them, beside
each other, because bands of two arms would cover each other in black and white.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import fill
from typing import Any

from matplotlib.axes import Axes

from dsmb.rendering.figures.drawing import INK, RULE, canvas, mark_of, to_svg
from dsmb.rendering.figures.marks import Marks, Told, named, told
from dsmb.rendering.wording import TOTAL, arm_text, cell_text, estimate_text

Table = Mapping[str, Any]

HEIGHT_INCHES = 2.0
ROW_INCHES = 0.145
HEAD_INCHES = 0.42
TITLE_LINE_INCHES = 0.13
TITLE_CHARACTERS = 32
AXIS_INCHES = 0.54
PERCENT = "%"
SCALES = (5, 10, 25, 50, 75, 100)
BAR_STEP = 0.012
SMALL = 7
ALL = "all"


@dataclass(frozen=True)
class Line:
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
    lines: Sequence[Line]


def panels_of(table: Table, measures: Sequence[str] | None = None) -> list[Panel]:
    """One panel per measure that the table holds curves of; arms, or the total where there are none.

    A curve of which a value is withheld is left out: its steps would say what the table does not.
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
    head = HEAD_INCHES + TITLE_LINE_INCHES * max(title.count("\n") for title in titles)
    height = HEIGHT_INCHES + ROW_INCHES * rows + AXIS_INCHES + head - HEAD_INCHES
    description, marks = ". ".join(f"{panel.label}: {_values(panel)}" for panel in panels) + ".", Marks()
    with canvas(height, columns=len(panels)) as (figure, all_axes):
        for axes, panel, name in zip(all_axes, panels, titles, strict=True):
            _draw(axes, panel, arms, marks, is_alone=is_alone)
            axes.set_title(name, loc="left", fontsize=8, pad=4)
        all_axes[0].set_ylabel(axis)
        handles, names = all_axes[0].get_legend_handles_labels()
        figure.legend(
            handles, names, loc="upper left", bbox_to_anchor=(0.065, 1.0), ncols=6, borderaxespad=0.1
        )
        figure.subplots_adjust(
            left=0.085, right=0.985, wspace=0.22, top=1 - head / height,
            bottom=(AXIS_INCHES + ROW_INCHES * rows) / height,
        )  # fmt: skip
        svg = to_svg(figure, figure_id=figure_id, title=title, description=description, marks=marks)
    return svg, description


def _line(table: Table, curve: Mapping[str, Any]) -> Line:
    cells = [
        cell for cell in table.get("cells", ())
        if (cell["measure"], cell["arm"]) == (curve["measure"], curve["arm"]) and "estimate" in cell
    ]  # fmt: skip
    return Line(
        str(curve["arm"]),
        str(curve["unit"]),
        int(curve["last_day"]),
        curve["points"],
        curve["at_risk"],
        cells,
    )


def _values(panel: Panel) -> str:
    return "; ".join(
        f"{arm_text(line.arm)}, day {str(cell['level']).removeprefix('D')}: {cell_text(cell)}"
        for line in panel.lines
        for cell in line.cells
    )


def _draw(axes: Axes, panel: Panel, arms: list[str], marks: Marks, *, is_alone: bool) -> None:
    last = max(
        [line.last_day for line in panel.lines]
        + [int(p["day"]) for line in panel.lines for p in line.at_risk]
    )
    for place, line in enumerate(panel.lines):
        _draw_line(axes, line, arms)
        _tell_steps(axes, panel.label, line, marks)
        _draw_limits(axes, panel.label, line, arms, last, place - (len(panel.lines) - 1) / 2, marks)
        _write_at_risk(axes, line, place, is_alone=is_alone)
    axes.set_xlim(-0.02 * last, 1.03 * last if last else 1)
    axes.set_ylim(0, _top(panel))
    axes.set_xticks([int(point["day"]) for point in panel.lines[0].at_risk])
    axes.set_xlabel("Study day; below: at risk", labelpad=1)
    axes.grid(axis="y", color=RULE, linewidth=0.4)
    axes.set_axisbelow(True)


def _draw_line(axes: Axes, line: Line, arms: list[str]) -> None:
    mark, points = mark_of(arms, line.arm), line.points
    days = [0, *(int(point["day"]) for point in points), line.last_day]
    values = [0.0, *(line.factor * float(point["estimate"]) for point in points)]
    drawn: dict[str, Any] = {"color": mark.colour, "linestyle": mark.line, "linewidth": 1.4}
    axes.step(
        days, [*values, values[-1]], where="post", marker=mark.marker, markersize=3, markevery=[len(days) - 1],
        label=arm_text(line.arm), **drawn,
    )  # fmt: skip


def _tell_steps(axes: Axes, label: str, line: Line, marks: Marks) -> None:
    """What each step says: what the curve's own point in the table holds, from its day on."""
    days = [*(int(point["day"]) for point in line.points), line.last_day]
    nothing = f"before day {days[0]}" if line.points else f"up to day {line.last_day}"
    marks.line(axes, (0, 0), (days[0], 0), Told(f"{named(label, arm=line.arm)}: none {nothing}"))
    for point, end in zip(line.points, days[1:], strict=True):
        level, name = line.factor * float(point["estimate"]), named(label, arm=line.arm)
        words = Told(f"{name}, from day {point['day']}: {step_text(point, line.unit)}")
        marks.line(axes, (int(point["day"]), level), (end, level), words)


def step_text(point: Mapping[str, Any], unit: str) -> str:
    """A step of a curve, written as the values of the curve at chosen days are."""
    return estimate_text({
        "unit": unit, "estimate": point["estimate"], "ci_low": point["low"], "ci_high": point["high"],
        "at_risk": point["at_risk"],
    })  # fmt: skip


def _draw_limits(
    axes: Axes, label: str, line: Line, arms: list[str], last: int, aside: float, marks: Marks
) -> None:
    """The limits of the values that the table prints, as bars beside each other at their days."""
    mark = mark_of(arms, line.arm)
    for cell in line.cells:
        if cell.get("ci_low") is not None and cell.get("ci_high") is not None:
            day = int(str(cell["level"]).removeprefix("D")) + aside * 2 * BAR_STEP * last
            low, middle, high = (
                line.factor * float(cell[name]) for name in ("ci_low", "estimate", "ci_high")
            )
            axes.plot((day, day), (low, high), color=mark.colour, linewidth=0.9)
            axes.plot([day], [middle], marker=mark.marker, markersize=3.5, color=mark.colour)
            name = named(label, str(cell["level"]).replace("D", "day ", 1), arm=line.arm)
            marks.line(axes, (day, low), (day, high), told(name, cell, cell_text(cell)))


def _write_at_risk(axes: Axes, line: Line, place: int, *, is_alone: bool) -> None:
    for point in line.at_risk:
        axes.annotate(
            str(point["at_risk"]), (float(point["day"]), 0), xycoords=("data", "axes fraction"),
            xytext=(0, -31 - 10.5 * place), textcoords="offset points", ha="center", va="top", fontsize=SMALL,
            color=INK,
        )  # fmt: skip
    axes.annotate(
        arm_text(line.arm) if is_alone else ALL if line.arm == TOTAL else line.arm, (0, 0), xycoords="axes fraction",
        xytext=(-14, -31 - 10.5 * place), textcoords="offset points", ha="right", va="top", fontsize=SMALL,
        color=INK,
    )  # fmt: skip


def _top(panel: Panel) -> float:
    """The end of the axis: the smallest of the scales that shows every limit; for means a little above the highest."""
    highest = max(
        [line.factor * float(point["estimate"]) for line in panel.lines for point in line.points]
        + [line.factor * float(c["ci_high"]) for line in panel.lines for c in line.cells if c.get("ci_high")]
        + [0.0]
    )
    if panel.lines[0].unit != PERCENT:
        return 1.08 * highest or 1.0
    return next((scale for scale in SCALES if highest <= scale), SCALES[-1])
