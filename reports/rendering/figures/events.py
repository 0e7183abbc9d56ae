"""The adverse-event dot plot (Amit 2008): rates per arm on the left, risk differences on the right, sorted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from documents.inks import INK
from documents.svg import Canvas, Scale
from documents.ticks import ticks_within
from documents.tooltips import Groups, Tooltip
from reports.rendering.figures.drawing import WIDTH, Drawing, Pair, mark_of, pair_id
from reports.rendering.figures.marks import cell_tooltip, mark_name
from reports.rendering.figures.plot import Plot, dots_legend, numbered_ticks, with_margin
from reports.rendering.grids import comparison_pairs, grid_arms
from reports.rendering.wording import TOTAL, arm_text, comparison_text, short_count_text

FIGURE_ID = "figure-terms"
MOST_TERMS = 25
LEFT, RIGHT, GAP, TOP, ROW, AXIS = 205.0, 503.0, 10.0, 23.0, 14.4, 34.0
MOST_TICKS = 5
LONGEST_LABEL = 44
Span = tuple[float, float]


@dataclass(frozen=True)
class TermLine:
    """A term's line: its cells by arm, and the comparison that has an interval; None without a comparison."""

    soc: str
    term: str
    cells: Mapping[str, Mapping[str, Any]]
    comparison: Mapping[str, Any] | None

    @property
    def groups(self) -> Groups:
        return {"soc": self.soc}

    @property
    def name(self) -> str:
        """The term and, in brackets, its class."""
        return f"{self.term} ({self.soc})"

    @property
    def shares(self) -> Mapping[str, float]:
        """Participants with the term by arm, %."""
        return {arm: 100 * cell["count"] / cell["denominator"] for arm, cell in self.cells.items()}

    @property
    def difference(self) -> tuple[float, float, float] | None:
        """The difference and its limits in percentage points."""
        found = self.comparison
        if found is None:
            return None
        return 100 * found["risk_difference"], 100 * found["ci_low"], 100 * found["ci_high"]


def draw_terms(table: Mapping[str, Any], *, arms: list[str], pair: Pair | None = None) -> Drawing | None:
    """The terms with the widest differences of a pair of arms (the first where none is given).

    Where nothing is compared, those with the most participants; None when no term was reported.
    """
    every = comparison_pairs(table)
    pairs = [pair] if pair else every[:1]
    figure_id = pair_id(FIGURE_ID, every, pairs[0]) if pairs else FIGURE_ID
    lines = _lines(table, pairs)
    if not lines:
        return None
    shown = sorted(lines, key=_rank)[:MOST_TERMS]
    title = "Adverse events by term: participants, %"
    if figure_id != FIGURE_ID:
        title += f", {pairs[0][0]} − {pairs[0][1]}"
    description = _description(len(shown), len(lines), pairs)
    canvas = Canvas(WIDTH, TOP + ROW * len(shown) + AXIS)
    middle = (LEFT + RIGHT - GAP) / 2
    _name_rows(canvas, shown)
    _draw_shares(canvas, shown, arms, (LEFT, middle if pairs else RIGHT))
    if pairs:
        _draw_differences(canvas, shown, pairs[0], (middle + GAP, RIGHT))
    svg = canvas.svg(figure_id=figure_id, title=title, description=description)
    return Drawing(figure_id, title, description, svg, str(table["id"]))


def _lines(table: Mapping[str, Any], pairs: Sequence[tuple[str, str]]) -> list[TermLine]:
    window = next((cell.get("window") for cell in table.get("cells", ())), None)
    cells: dict[tuple[str, str], dict[str, Mapping[str, Any]]] = {}
    for cell in table.get("cells", ()):
        if _is_term_of(cell, window) and cell.get("percent") is not None:
            cells.setdefault(_place(cell), {})[str(cell["arm"])] = cell
    comparisons = {
        _place(c): c
        for c in table.get("comparisons", ())
        if _is_term_of(c, window)
        and [(c["arm"], c["reference"])] == list(pairs)
        and c.get("ci_low") is not None
    }
    arms = [arm for arm in grid_arms(table) if arm != TOTAL] or [TOTAL]
    return [
        TermLine(*place, {arm: own[arm] for arm in arms if arm in own}, comparisons.get(place))
        for place, own in cells.items()
    ]


def _place(entry: Mapping[str, Any]) -> tuple[str, str]:
    """Class and term: a term that is not coded may be in several classes."""
    return str(entry["soc"]), str(entry["term"])


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


def _name_rows(canvas: Canvas, lines: Sequence[TermLine]) -> None:
    for place, line in enumerate(lines):
        with canvas.group(Tooltip(groups=line.groups)):
            canvas.text(_short(line.term), (LEFT - 8, TOP + ROW * (place + 0.5)), size=8, anchor="end")


def _plot(canvas: Canvas, lines: int, span: Span, edges: Span, name: str) -> Plot:
    """A panel with a rule through each line; line 0 is at the top."""
    base, ticks = TOP + ROW * lines, ticks_within(*span, MOST_TICKS)
    plot = Plot(canvas, Scale(*span, *edges), Scale(lines - 0.5, -0.5, base, TOP))
    plot.rules_across(range(lines))
    plot.rules_up(ticks)
    plot.below(numbered_ticks(ticks), name)
    return plot


def _draw_shares(canvas: Canvas, lines: Sequence[TermLine], arms: list[str], edges: Span) -> None:
    highest = max(share for line in lines for share in line.shares.values())
    plot = _plot(canvas, len(lines), (0, 1.08 * highest or 1), edges, "Participants, %")
    drawn = list(dict.fromkeys(arm for line in lines for arm in line.cells))
    marks = {arm: mark_of(arms, arm) for arm in drawn}
    dots_legend(canvas, [(mark, mark.colour, arm_text(arm)) for arm, mark in marks.items()], LEFT)
    for place, line in enumerate(lines):
        for arm, cell in line.cells.items():
            mark = marks[arm]
            words = cell_tooltip(mark_name(line.name, arm=arm), cell, short_count_text(cell), line.groups)
            with canvas.group(words):
                dot = (line.shares[arm], place)
                plot.dot(mark.marker, dot, size=2.4, fill=mark.colour, edge=mark.colour)


def _draw_differences(canvas: Canvas, lines: Sequence[TermLine], pair: tuple[str, str], edges: Span) -> None:
    span = with_margin([0.0, *(limit for line in lines for limit in line.difference or ())])
    plot = _plot(canvas, len(lines), span, edges, f"Difference {pair[0]} − {pair[1]}, points")
    plot.line([(0, len(lines) - 0.5), (0, -0.5)], width=0.6, dash="1 1.5")
    for place, line in enumerate(lines):
        if line.comparison and line.difference:
            point, low, high = line.difference
            words = f"{line.name}, {comparison_text(line.comparison)}"
            with canvas.group(Tooltip(words, groups=line.groups)):
                plot.line([(low, place), (high, place)], width=1)
                plot.dot("s", (point, place), size=1.9, fill=INK, edge=INK)
                canvas.hit_line(plot.at((low, place)), plot.at((high, place)))


def _short(term: str) -> str:
    return term if len(term) <= LONGEST_LABEL else f"{term[: LONGEST_LABEL - 1].rstrip()}…"
