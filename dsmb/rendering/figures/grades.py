"""Stacked grades: how the events of each arm and window divide over the CTCAE grades, or over severity when
ungraded.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes

from dsmb.rendering.figures.drawing import INK, Drawing, canvas, to_svg
from dsmb.rendering.grids import arms_of
from dsmb.rendering.labels import level_label, window_label
from dsmb.rendering.sentences import Piece, shown
from dsmb.rendering.wording import TOTAL, arm_text

# One hue from light to dark: order is read from lightness, and each part carries its number.
SHADES = ("#deebf7", "#9ecae1", "#6baed6", "#2171b5", "#08306b")
SEVERITIES = ("MILD", "MODERATE", "SEVERE")
DARK_FROM = 3
ROW_INCHES = 0.3
MARGIN_INCHES = 0.85
MISSING = "MISSING"

Bar = tuple[str, list[int], int]


def draw_grades(table: Mapping[str, Any]) -> Drawing | None:
    """Events by grade for each window and arm, counts in the parts; None when nothing is graded nor classed."""
    measure, levels = _scale(table)
    bars = _bars(table, measure, levels)
    if not bars:
        return None
    scale = "CTCAE grade" if measure == "ae_by_grade" else "severity"
    title = f"Adverse events by {scale}"
    description = "; ".join(
        f"{name}: {', '.join(str(c) for c in counts)}, not recorded {missing}"
        for name, counts, missing in bars
    )
    with canvas(MARGIN_INCHES + ROW_INCHES * len(bars)) as (figure, (axes,)):
        shades = SHADES if len(levels) > len(SEVERITIES) else SHADES[0::2]
        _draw_bars(axes, bars, [level_label(table, measure, level) for level in levels], shades)
        height = figure.get_size_inches()[1]
        figure.subplots_adjust(left=0.24, right=0.83, top=1 - 0.32 / height, bottom=0.45 / height)
        svg = to_svg(
            figure,
            figure_id="figure-grades",
            title=title,
            description=f"By level in rising order. {description}",
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
    counts: dict[tuple[str, str], dict[str, int]] = {}
    for cell in table.get("cells", ()):
        if cell["measure"] == measure and cell.get("count") is not None:
            counts.setdefault((str(cell["window"]), str(cell["arm"])), {})[str(cell["level"])] = int(
                cell["count"]
            )
    arms = [arm for arm in arms_of(table) if arm != TOTAL] or [TOTAL]
    return [
        (
            f"{window_label(table, window)}, {arm_text(arm)}",
            [by_level.get(level, 0) for level in levels],
            by_level.get(MISSING, 0),
        )
        for (window, arm), by_level in counts.items()
        if arm in arms and any(by_level.values())
    ]


def _values(table: Mapping[str, Any], measure: str) -> tuple[Piece, ...]:
    arms = [arm for arm in arms_of(table) if arm != TOTAL] or [TOTAL]
    cells = (cell for cell in table.get("cells", ()) if cell["measure"] == measure and cell["arm"] in arms)
    return tuple(shown(cell, str(cell["count"])) for cell in cells if cell.get("count"))


def _draw_bars(axes: Axes, bars: Sequence[Bar], names: Sequence[str], shades: Sequence[str]) -> None:
    for height, (_, counts, missing) in enumerate(reversed(bars)):
        _draw_bar(axes, height, counts, shades)
        axes.annotate(
            f"not recorded: {missing}",
            (1.01, height),
            xycoords=("axes fraction", "data"),
            va="center",
            fontsize=7.5,
        )
    for name, shade in zip(names, shades, strict=True):
        axes.barh([0], [0], color=shade, edgecolor=INK, linewidth=0.5, label=name)
    axes.set_yticks(range(len(bars)), [name for name, _, _ in reversed(bars)])
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


def _draw_bar(axes: Axes, height: int, counts: Sequence[int], shades: Sequence[str]) -> None:
    left, total = 0.0, sum(counts)
    for place, count in enumerate(counts):
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
        left += width
