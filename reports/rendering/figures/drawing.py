"""Common parts of every figure: its size, colours, the marks of the arms, and the finished drawing."""

from collections.abc import Sequence
from dataclasses import dataclass

from documents.inks import GREY
from reports.rendering.grids import Grid
from reports.rendering.sentences import Piece
from reports.rendering.wording import TOTAL

Pair = tuple[str, str]
"""An arm and the arm that it is compared with."""

WIDTH = 511.0
"""Of a figure, points: the width of the text on paper."""

# Okabe and Ito's colours, in order of decreasing lightness, so that arms differ in black and white.
OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
MARKERS = ("o", "^", "s", "D", "v", "P")
LINES = ("", "4 2", "1.5 1.5", "6 2 1 2", "5 1 1 1 1 1", "1 2")


@dataclass(frozen=True)
class Mark:
    """How one arm is drawn: colour, marker and line (its dashes, as SVG writes them).

    They differ together, so that none is needed alone.
    """

    colour: str
    marker: str
    line: str


@dataclass(frozen=True)
class Drawing:
    """A finished figure.

    ``description`` is its content in words; ``table_id`` is the table with all its figures; ``values`` are the figures
    in the description, each with its identity. ``steps`` are the steps of its curves, of which the table prints the
    chosen days only.
    """

    id: str
    title: str
    description: str
    svg: str
    table_id: str
    values: tuple[Piece, ...] = ()
    steps: Grid | None = None


def mark_of(arms: list[str], arm: str) -> Mark:
    """The marks of an arm by its index among the report's arms; the total is drawn in ink."""
    if arm == TOTAL:
        return Mark(GREY, "D", "")
    place = arms.index(arm) % len(OKABE_ITO)
    return Mark(OKABE_ITO[place], MARKERS[place], LINES[place])


def pair_id(figure_id: str, pairs: Sequence[Pair], pair: Pair) -> str:
    """The id of the figure of a pair of arms: plain for the first pair, with both arms for every other."""
    return figure_id if pair == pairs[0] else f"{figure_id}-{pair[0]}-{pair[1]}"
