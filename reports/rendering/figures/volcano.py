"""The volcano plot: each term's risk difference against its p-value, with the flags of false discovery."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from documents.inks import INK
from documents.svg import Canvas, Scale
from documents.ticks import ticks_within
from documents.tooltips import Groups, Tooltip
from reports.rendering.figures.drawing import OKABE_ITO, WIDTH, Drawing, Mark, Pair, pair_id
from reports.rendering.figures.plot import Plot, dots_legend, numbered_ticks
from reports.rendering.grids import comparison_pairs
from reports.rendering.wording import comparison_text, decimal_text, difference_text, p_value_text

FIGURE_ID = "figure-volcano"
LEFT, RIGHT, TOP, HEIGHT, AXIS = 46.0, 501.0, 22.0, 162.0, 33.0
MOST_TICKS = 7
LINE = 8.0
"""Points from one name down to the next."""
LABELLED = 10
"""Terms named in the figure: the flagged first, then the smallest p-values."""

LOWEST_NAMED = 0.3
"""-log10 of p below which a term is not named: p above one half."""

LONGEST_LABEL = 30
SMALLEST_P = 1e-12
"""Smaller p-values are drawn as this."""

UNADJUSTED = 0.05
UNFLAGGED = Mark("white", "o", "")
FLAGGED = Mark(OKABE_ITO[1], "D", "")


@dataclass(frozen=True)
class VolcanoTerm:
    """One term's comparison: difference in percentage points, -log10 of its p-value, and whether it is flagged."""

    name: str
    difference: float
    height: float
    is_flagged: bool
    comparison: Mapping[str, Any]

    @property
    def groups(self) -> Groups:
        return {"soc": str(self.comparison["soc"])}

    @property
    def tooltip(self) -> Tooltip:
        """The term, its class, and its comparison in the form of the table."""
        words = f"{self.name} ({self.comparison['soc']}), {comparison_text(self.comparison)}"
        return Tooltip(words, groups=self.groups)


def draw_volcano(table: Mapping[str, Any], pair: Pair | None = None) -> Drawing | None:
    """One pair of arms, the first where none is given; None when the table compares none of its terms."""
    pairs = comparison_pairs(table)
    if not pairs:
        return None
    pair = pair or pairs[0]
    terms, figure_id = _terms(table, pair), pair_id(FIGURE_ID, pairs, pair)
    if not terms:
        return None
    title = f"Terms by difference and p-value, {pair[0]} − {pair[1]}"
    ranked = sorted(terms, key=lambda term: (not term.is_flagged, -term.height, term.name))
    named = [term for term in ranked[:LABELLED] if term.is_flagged or term.height >= LOWEST_NAMED]
    description = _description(terms, named)
    canvas = Canvas(WIDTH, TOP + HEIGHT + AXIS)
    plot = _plot(canvas, terms, pair)
    _label(plot, sorted(named, key=lambda term: (-term.height, term.name)))
    for term in terms:
        mark = FLAGGED if term.is_flagged else UNFLAGGED
        with canvas.group(term.tooltip):
            plot.dot(mark.marker, (term.difference, term.height), size=2.3, fill=mark.colour, edge=INK)
    svg = canvas.svg(figure_id=figure_id, title=title, description=description)
    return Drawing(figure_id, title, description, svg, str(table["id"]))


def _terms(table: Mapping[str, Any], pair: tuple[str, str]) -> list[VolcanoTerm]:
    return [
        VolcanoTerm(
            str(c["term"]), 100 * float(c["risk_difference"]),
            -math.log10(max(float(c["p_value"]), SMALLEST_P)), bool(c.get("fdr_flag")), c,
        )
        for c in table.get("comparisons", ())
        if c.get("term") is not None and (c["arm"], c["reference"]) == pair and c.get("p_value") is not None
        and c.get("risk_difference") is not None
    ]  # fmt: skip


def _description(terms: Sequence[VolcanoTerm], named: Sequence[VolcanoTerm]) -> str:
    flagged = [term.name for term in terms if term.is_flagged]
    flags = f"flagged: {', '.join(flagged)}" if flagged else "none is flagged"
    values = "; ".join(
        f"{term.name} {difference_text(term.comparison)} points, p {p_value_text(term.comparison)}"
        for term in named
    )
    return (
        f"{len(terms)} terms; {flags} (double false discovery rate). Differences in percentage points, p-values not "
        f"adjusted. Named: {values}."
    )


def _plot(canvas: Canvas, terms: Sequence[VolcanoTerm], pair: tuple[str, str]) -> Plot:
    """The axes, with no difference and the unadjusted 5 % as lines."""
    widest, tallest = 1.9 * max([abs(term.difference) for term in terms] + [10.0]), _tallest(terms)
    plot = Plot(
        canvas,
        Scale(-widest, widest, LEFT, RIGHT),
        Scale(-0.08 * tallest, 1.12 * tallest, TOP + HEIGHT, TOP),
    )
    across, up = ticks_within(-widest, widest, MOST_TICKS), ticks_within(0, plot.y.high, MOST_TICKS)
    plot.rules_up(across)
    plot.rules_across(up)
    plot.below(
        numbered_ticks(across),
        f"Difference {pair[0]} − {pair[1]}, percentage points: more in {pair[0]} to the right",
    )
    plot.beside(numbered_ticks(up), "−log10 p, not adjusted", away=32)
    plot.line([(0, plot.y.low), (0, plot.y.high)], width=0.6, dash="1 1.5")
    level = -math.log10(UNADJUSTED)
    plot.line([(-widest, level), (widest, level)], width=0.6, dash="3 2")
    canvas.text(f"p = {decimal_text(UNADJUSTED, 2)}", (RIGHT, plot.y.at(level) - 5), size=7, anchor="end")
    flagged = "flagged (double false discovery rate)"
    dots_legend(canvas, ((UNFLAGGED, INK, "term"), (FLAGGED, INK, flagged)), LEFT)
    return plot


def _label(plot: Plot, named: Sequence[VolcanoTerm]) -> None:
    """Names beside the points, from the top down, each at least a line below the one before on its side."""
    line = LINE * (plot.y.high - plot.y.low) / HEIGHT
    lowest_taken = {False: math.inf, True: math.inf}
    for term in named:
        is_right = term.difference >= 0
        height = min(term.height, lowest_taken[is_right] - line)
        lowest_taken[is_right] = height
        place = (term.difference + (2.0 if is_right else -2.0), height)
        x, y = plot.at(place)
        with plot.canvas.group(Tooltip(groups=term.groups)):
            plot.line([(term.difference, term.height), place], width=0.4)
            side = ("start", 2) if is_right else ("end", -2)
            plot.canvas.text(_short(term.name), (x + side[1], y), size=7, anchor=side[0])


def _tallest(terms: Sequence[VolcanoTerm]) -> float:
    return max([term.height for term in terms] + [-math.log10(UNADJUSTED)])


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_LABEL else f"{name[: LONGEST_LABEL - 1].rstrip()}…"
