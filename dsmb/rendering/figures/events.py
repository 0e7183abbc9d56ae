"""The adverse-event dot plot (Amit 2008): rates per arm on the left, risk differences with intervals on the
right, sorted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes

from dsmb.rendering.figures.drawing import INK, RULE, Drawing, canvas, mark_of, to_svg
from dsmb.rendering.figures.marks import Groups, Marks, Told, named, told
from dsmb.rendering.grids import arms_of, comparison_pairs
from dsmb.rendering.wording import TOTAL, arm_text, comparison_text, short_count_text

MOST_TERMS = 25
ROW_INCHES = 0.2
MARGIN_INCHES = 0.95
LONGEST_LABEL = 44


@dataclass(frozen=True)
class TermLine:
    """A term's line: its cells by arm, and the comparison that has an interval; None where nothing is compared."""

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
    description, marks = _description(len(shown), len(lines), pairs), Marks()
    with canvas(MARGIN_INCHES + ROW_INCHES * len(shown), columns=2 if pairs else 1, sharey=True) as (
        figure,
        panels,
    ):
        _draw_shares(panels[0], shown, arms, marks)
        if pairs:
            _draw_differences(panels[1], shown, pairs[0], marks)
        height = figure.get_size_inches()[1]
        figure.subplots_adjust(
            left=0.40, right=0.985, top=1 - 0.32 / height, bottom=0.5 / height, wspace=0.06
        )
        svg = to_svg(figure, figure_id="figure-terms", title=title, description=description, marks=marks)
    return Drawing("figure-terms", title, description, svg, str(table["id"]))


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
    arms = [arm for arm in arms_of(table) if arm != TOTAL] or [TOTAL]
    return [
        TermLine(*place, {arm: own[arm] for arm in arms if arm in own}, comparisons.get(place))
        for place, own in cells.items()
    ]


def _place(entry: Mapping[str, Any]) -> tuple[str, str]:
    """Class and term: a term that is not coded may stand under several classes."""
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


def _draw_shares(axes: Axes, lines: Sequence[TermLine], arms: list[str], marks: Marks) -> None:
    drawn = list(dict.fromkeys(arm for line in lines for arm in line.cells))
    for arm in drawn:
        _draw_arm(axes, lines, arm, arms, marks)
    for place, line in enumerate(lines):
        for arm, cell in line.cells.items():
            words = told(named(line.name, arm=arm), cell, short_count_text(cell), line.groups)
            marks.dot(axes, (line.shares[arm], -place), words)
    names = [_short(line.term) for line in lines]
    ticks = axes.set_yticks([-place for place in range(len(lines))], names)
    for tick, line in zip(ticks, lines, strict=True):
        marks.group(line.groups, tick.label1)
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


def _draw_arm(axes: Axes, lines: Sequence[TermLine], arm: str, arms: list[str], marks: Marks) -> None:
    """The dots of one arm, each filtered by its class."""
    mark = mark_of(arms, arm)
    points = [(line.shares[arm], -place) for place, line in enumerate(lines) if arm in line.cells]
    (dots,) = axes.plot(
        *zip(*points, strict=True),
        linestyle="none",
        marker=mark.marker,
        color=mark.colour,
        markersize=4.5,
        label=arm_text(arm),
        clip_on=False,  # a dot at zero is whole
        zorder=3,
    )
    marks.group_points([line.groups for line in lines if arm in line.cells], dots)


def _draw_differences(axes: Axes, lines: Sequence[TermLine], pair: tuple[str, str], marks: Marks) -> None:
    for place, line in enumerate(lines):
        if line.comparison and line.difference:
            point, low, high = line.difference
            drawn = axes.plot((low, high), (-place, -place), color=INK, linewidth=1)
            drawn += axes.plot([point], [-place], marker="s", color=INK, markersize=3.5)
            marks.group(line.groups, *drawn)
            words = f"{line.name}, {comparison_text(line.comparison)}"
            marks.line(axes, (low, -place), (high, -place), Told(words, groups=line.groups))
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
