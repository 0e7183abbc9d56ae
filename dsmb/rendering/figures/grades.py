"""Stacked grades: how the events of each arm and window divide over the CTCAE grades, or over severity when
ungraded.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes

from dsmb.rendering.figures.drawing import INK, Drawing, canvas, to_svg
from dsmb.rendering.figures.marks import Marks, told
from dsmb.rendering.grids import arms_of
from dsmb.rendering.labels import level_label, window_label
from dsmb.rendering.sentences import Piece, shown
from dsmb.rendering.wording import TOTAL, arm_text, cell_text

# One hue from light to dark: order is read from lightness, and each part carries its number.
SHADES = ("#deebf7", "#9ecae1", "#6baed6", "#2171b5", "#08306b")
SEVERITIES = ("MILD", "MODERATE", "SEVERE")
DARK_FROM = 3
ROW_INCHES = 0.3
MARGIN_INCHES = 0.85
MISSING = "MISSING"


@dataclass(frozen=True)
class Bar:
    """One window and arm: the cells of the levels that occur, in rising order, and how many events have none."""

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
    """Events by grade for each window and arm, counts in the parts; None when nothing is graded nor classed."""
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
    marks = Marks()
    with canvas(MARGIN_INCHES + ROW_INCHES * len(bars)) as (figure, (axes,)):
        shades = SHADES if len(levels) > len(SEVERITIES) else SHADES[0::2]
        _draw_bars(axes, bars, [level_label(table, measure, level) for level in levels], shades, marks)
        height = figure.get_size_inches()[1]
        figure.subplots_adjust(left=0.24, right=0.83, top=1 - 0.32 / height, bottom=0.45 / height)
        svg = to_svg(
            figure,
            figure_id="figure-grades",
            title=title,
            description=f"By level in rising order. {description}",
            marks=marks,
        )
    words = f"By level in rising order. {description}."
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
    arms = [arm for arm in arms_of(table) if arm != TOTAL] or [TOTAL]
    return [
        Bar(f"{window_label(table, window)}, {arm_text(arm)}", by_level, levels)
        for (window, arm), by_level in cells.items()
        if arm in arms and _is_drawn(by_level.values())
    ]


def _is_drawn(cells: Collection[Mapping[str, Any]]) -> bool:
    """A bar of which a part is withheld is left out: its length would say what the table does not."""
    return all(cell.get("count") is not None for cell in cells) and any(cell["count"] for cell in cells)


def _values(table: Mapping[str, Any], measure: str) -> tuple[Piece, ...]:
    arms = [arm for arm in arms_of(table) if arm != TOTAL] or [TOTAL]
    cells = (cell for cell in table.get("cells", ()) if cell["measure"] == measure and cell["arm"] in arms)
    return tuple(shown(cell, str(cell["count"])) for cell in cells if cell.get("count"))


def _draw_bars(
    axes: Axes, bars: Sequence[Bar], names: Sequence[str], shades: Sequence[str], marks: Marks
) -> None:
    for height, bar in zip(range(len(bars) - 1, -1, -1), bars, strict=True):
        _draw_bar(axes, height, bar, names, shades, marks)
        axes.annotate(
            f"not recorded: {bar.missing}",
            (1.01, height),
            xycoords=("axes fraction", "data"),
            va="center",
            fontsize=7.5,
        )
    for name, shade in zip(names, shades, strict=True):
        axes.barh([0], [0], color=shade, edgecolor=INK, linewidth=0.5, label=name)
    axes.set_yticks(range(len(bars)), [bar.name for bar in reversed(bars)])
    axes.tick_params(axis="y", length=0)
    axes.set_xlim(0, 100)
    axes.set_ylim(-0.6, len(bars) - 0.4)
    axes.set_xlabel("% of the events whose value is recorded; numbers are events")
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=5,
        borderaxespad=0.1,
        handlelength=1.2,
        columnspacing=1.2,
    )


def _draw_bar(
    axes: Axes, height: int, bar: Bar, names: Sequence[str], shades: Sequence[str], marks: Marks
) -> None:
    left, total = 0.0, sum(bar.counts)
    for place, count in enumerate(bar.counts):
        width = 100 * count / total if total else 0
        shade = shades[place]
        axes.barh([height], [width], left=left, color=shade, edgecolor=INK, linewidth=0.5, height=0.7)
        if width >= DARK_FROM:
            dark = SHADES.index(shade) >= DARK_FROM
            axes.text(
                left + width / 2,
                height,
                str(count),
                ha="center",
                va="center",
                color="white" if dark else INK,
                fontsize=7.5,
            )
        if count:
            cell = bar.cells[bar.levels[place]]
            words = told(f"{bar.name}, {names[place]}", cell, cell_text(cell))
            marks.box(axes, (left, height - 0.35), (left + width, height + 0.35), words)
        left += width
