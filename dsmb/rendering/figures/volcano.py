"""The volcano plot: each term's risk difference against how surprising it is, with the flags of false discovery."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes

from dsmb.rendering.figures.drawing import INK, OKABE_ITO, RULE, Drawing, canvas, to_svg
from dsmb.rendering.figures.marks import Groups, Marks, Told
from dsmb.rendering.grids import comparison_pairs
from dsmb.rendering.wording import comparison_text, decimal_text, difference_text, p_value_text

FIGURE_ID = "figure-volcano"
HEIGHT_INCHES = 3.0
LABELLED = 10
"""Terms named in the figure: the flagged first, then the smallest p-values."""

LOWEST_NAMED = 0.3
"""-log10 of p below which a term is not named: p above one half."""

LONGEST_LABEL = 30
SMALLEST_P = 1e-12
"""Smaller p-values are drawn as this."""

UNADJUSTED = 0.05


@dataclass(frozen=True)
class Term:
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
    def told(self) -> Told:
        """The term, its class, and its comparison as the table writes it."""
        words = f"{self.name} ({self.comparison['soc']}), {comparison_text(self.comparison)}"
        return Told(words, groups=self.groups)


def draw_volcano(table: Mapping[str, Any]) -> Drawing | None:
    """The first pair of arms that the table compares; None when it compares none."""
    pairs = comparison_pairs(table)
    terms = _terms(table, pairs[0]) if pairs else []
    if not terms:
        return None
    title = f"Terms by difference and p-value, {pairs[0][0]} − {pairs[0][1]}"
    ranked = sorted(terms, key=lambda term: (not term.is_flagged, -term.height, term.name))
    named = [term for term in ranked[:LABELLED] if term.is_flagged or term.height >= LOWEST_NAMED]
    description, marks = _description(terms, named), Marks()
    with canvas(HEIGHT_INCHES) as (figure, (axes,)):
        _draw(axes, terms, marks)
        _label(axes, sorted(named, key=lambda term: (-term.height, term.name)), marks)
        _dress(axes, terms, pairs[0])
        figure.subplots_adjust(left=0.09, right=0.98, top=0.9, bottom=0.15)
        svg = to_svg(figure, figure_id=FIGURE_ID, title=title, description=description, marks=marks)
    return Drawing(FIGURE_ID, title, description, svg, str(table["id"]))


def _terms(table: Mapping[str, Any], pair: tuple[str, str]) -> list[Term]:
    return [
        Term(
            str(c["term"]), 100 * float(c["risk_difference"]),
            -math.log10(max(float(c["p_value"]), SMALLEST_P)), bool(c.get("fdr_flag")), c,
        )
        for c in table.get("comparisons", ())
        if c.get("term") is not None and (c["arm"], c["reference"]) == pair and c.get("p_value") is not None
        and c.get("risk_difference") is not None
    ]  # fmt: skip


def _description(terms: Sequence[Term], named: Sequence[Term]) -> str:
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


def _draw(axes: Axes, terms: Sequence[Term], marks: Marks) -> None:
    for is_flagged, marker, face, label in (
        (False, "o", "white", "term"),
        (True, "D", OKABE_ITO[1], "flagged (double false discovery rate)"),
    ):
        chosen = [term for term in terms if term.is_flagged == is_flagged]
        (dots,) = axes.plot(
            [term.difference for term in chosen], [term.height for term in chosen], linestyle="none", marker=marker,
            markersize=4.5, markerfacecolor=face, markeredgecolor=INK, markeredgewidth=0.7, label=label,
        )  # fmt: skip
        marks.group_points([term.groups for term in chosen], dots)
    for term in terms:
        marks.dot(axes, (term.difference, term.height), term.told)


def _label(axes: Axes, named: Sequence[Term], marks: Marks) -> None:
    """Names beside the points, from the top down, each at least a line below the one before on its side."""
    highest = max((term.height for term in named), default=1.0)
    lowest_taken = {False: math.inf, True: math.inf}
    for term in named:
        is_right = term.difference >= 0
        height = min(term.height, lowest_taken[is_right] - 0.055 * max(highest, 1.0))
        lowest_taken[is_right] = height
        label = axes.annotate(
            _short(term.name), (term.difference, term.height), xytext=(_beside(term.difference, is_right), height),
            textcoords="data", fontsize=7, va="center", ha="left" if is_right else "right",
            arrowprops={"arrowstyle": "-", "linewidth": 0.4, "color": INK, "shrinkA": 0, "shrinkB": 3},
        )  # fmt: skip
        marks.group(term.groups, *(part for part in (label, label.arrow_patch) if part is not None))


def _beside(difference: float, is_right: bool) -> float:
    return difference + (2.0 if is_right else -2.0)


def _dress(axes: Axes, terms: Sequence[Term], pair: tuple[str, str]) -> None:
    widest = max([abs(term.difference) for term in terms] + [10.0])
    axes.set_xlim(-1.9 * widest, 1.9 * widest)
    axes.set_ylim(-0.08 * _tallest(terms), 1.12 * _tallest(terms))
    axes.axvline(0, color=INK, linewidth=0.6, linestyle=":")
    axes.axhline(-math.log10(UNADJUSTED), color=INK, linewidth=0.6, linestyle="--")
    axes.annotate(
        f"p = {decimal_text(UNADJUSTED, 2)}", (1, -math.log10(UNADJUSTED)), xycoords=("axes fraction", "data"),
        ha="right", va="bottom", fontsize=7,
    )  # fmt: skip
    axes.set_xlabel(f"Difference {pair[0]} − {pair[1]}, percentage points: more in {pair[0]} to the right")
    axes.set_ylabel("−log10 p, not adjusted")
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0.1, handletextpad=0.1)
    axes.grid(color=RULE, linewidth=0.4)
    axes.set_axisbelow(True)


def _tallest(terms: Sequence[Term]) -> float:
    return max([term.height for term in terms] + [-math.log10(UNADJUSTED)])


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_LABEL else f"{name[: LONGEST_LABEL - 1].rstrip()}…"
