"""The adverse-event dot plot (Amit 2008): rates per arm on the left, risk differences with intervals on the
right, sorted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes

from dsmb.rendering.figures.drawing import INK, RULE, Drawing, canvas, mark_of, to_svg
from dsmb.rendering.grids import arms_of, comparison_pairs
from dsmb.rendering.wording import TOTAL, arm_text

MOST_TERMS = 25
ROW_INCHES = 0.2
MARGIN_INCHES = 0.95
LONGEST_LABEL = 44


@dataclass(frozen=True)
class TermLine:
    """A term's line: percentages by arm, and the compared difference with its limits in percentage points."""

    term: str
    shares: Mapping[str, float]
    difference: tuple[float, float, float] | None


def draw_terms(table: Mapping[str, Any], *, arms: list[str]) -> Drawing | None:
    """The terms with the widest differences (closed) or the most participants (open); None when no term was
    reported.
    """
    pairs = comparison_pairs(table)[:1]
    lines = _lines(table, pairs)
    if not lines:
        return None
    shown = sorted(lines, key=_rank)[:MOST_TERMS]
    title = "Adverse events by term: participants, %"
    description = _description(len(shown), len(lines), pairs)
    with canvas(MARGIN_INCHES + ROW_INCHES * len(shown), columns=2 if pairs else 1, sharey=True) as (
        figure,
        panels,
    ):
        _draw_shares(panels[0], shown, arms)
        if pairs:
            _draw_differences(panels[1], shown, pairs[0])
        height = figure.get_size_inches()[1]
        figure.subplots_adjust(
            left=0.40, right=0.985, top=1 - 0.32 / height, bottom=0.5 / height, wspace=0.06
        )
        svg = to_svg(figure, figure_id="figure-terms", title=title, description=description)
    return Drawing("figure-terms", title, description, svg, str(table["id"]))


def _lines(table: Mapping[str, Any], pairs: Sequence[tuple[str, str]]) -> list[TermLine]:
    window = next((cell.get("window") for cell in table.get("cells", ())), None)
    shares: dict[str, dict[str, float]] = {}
    for cell in table.get("cells", ()):
        if _is_term_of(cell, window) and cell.get("percent") is not None:
            shares.setdefault(str(cell["term"]), {})[str(cell["arm"])] = (
                100 * cell["count"] / cell["denominator"]
            )
    differences = {
        str(c["term"]): tuple(100 * c[key] for key in ("risk_difference", "ci_low", "ci_high"))
        for c in table.get("comparisons", ())
        if _is_term_of(c, window)
        and [(c["arm"], c["reference"])] == list(pairs)
        and c.get("ci_low") is not None
    }
    arms = [arm for arm in arms_of(table) if arm != TOTAL] or [TOTAL]
    return [
        TermLine(term, {a: s[a] for a in arms if a in s}, differences.get(term)) for term, s in shares.items()
    ]


def _is_term_of(entry: Mapping[str, Any], window: object) -> bool:
    return (
        entry.get("term") is not None
        and entry.get("measure") == "participants"
        and entry.get("window") == window
    )


def _rank(line: TermLine) -> tuple[float, float, str]:
    difference = abs(line.difference[0]) if line.difference else 0.0
    return -difference, -sum(line.shares.values()), line.term


def _description(shown: int, known: int, pairs: Sequence[tuple[str, str]]) -> str:
    kept = "all" if shown == known else f"the {shown} of"
    order = (
        f"sorted by the size of the difference {pairs[0][0]} − {pairs[0][1]}"
        if pairs
        else "sorted by frequency"
    )
    right = (
        " Right: risk difference in percentage points with its 95 % interval, not adjusted for multiplicity."
        if pairs
        else ""
    )
    return f"Shows {kept} {known} reported terms, {order}. Left: participants with the term, %.{right}"


def _draw_shares(axes: Axes, lines: Sequence[TermLine], arms: list[str]) -> None:
    drawn = list(dict.fromkeys(arm for line in lines for arm in line.shares))
    for arm in drawn:
        mark = mark_of(arms, arm)
        points = [(line.shares[arm], -place) for place, line in enumerate(lines) if arm in line.shares]
        axes.plot(
            *zip(*points, strict=True),
            linestyle="none",
            marker=mark.marker,
            color=mark.colour,
            markersize=4.5,
            label=arm_text(arm),
        )
    axes.set_yticks([-place for place in range(len(lines))], [_short(line.term) for line in lines])
    axes.set_ylim(-len(lines) + 0.4, 0.6)
    axes.set_xlim(left=0)
    axes.margins(x=0.08)
    axes.set_xlabel("Participants, %")
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=4,
        borderaxespad=0.1,
        handletextpad=0.1,
        columnspacing=1,
    )
    _dress(axes)


def _draw_differences(axes: Axes, lines: Sequence[TermLine], pair: tuple[str, str]) -> None:
    for place, line in enumerate(lines):
        if line.difference:
            point, low, high = line.difference
            axes.plot((low, high), (-place, -place), color=INK, linewidth=1)
            axes.plot([point], [-place], marker="s", color=INK, markersize=3.5)
    axes.axvline(0, color=INK, linewidth=0.6, linestyle=":")
    axes.set_xlabel(f"Difference {pair[0]} − {pair[1]}, points")
    _dress(axes)


def _dress(axes: Axes) -> None:
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="both", color=RULE, linewidth=0.4)
    axes.set_axisbelow(True)
    axes.spines["left"].set_visible(False)


def _short(term: str) -> str:
    return term if len(term) <= LONGEST_LABEL else f"{term[: LONGEST_LABEL - 1].rstrip()}…"
