"""Figures as SVG: the same bytes each time, readable by a strict content security policy, a screen reader and
a PDF.

matplotlib writes style attributes, a style sheet and metadata with its version; here they become plain
presentation attributes,
ids are made unique per figure, and title and description are added.
"""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dsmb.rendering.figures.marks import Marks
from dsmb.rendering.grids import Grid
from dsmb.rendering.sentences import Piece
from dsmb.rendering.wording import TOTAL

WIDTH_INCHES = 7.1
INK = "#1a1a1a"
RULE = "#c8c8c8"
# Okabe and Ito's colours, in an order that also falls in lightness, so that arms differ in black and white.
OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
MARKERS = ("o", "^", "s", "D", "v", "P")
LINES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 2)))
HATCHES = ("", "////", "....", "xxxx", "\\\\\\\\", "++++")

STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "board report",
    "font.family": "DejaVu Sans",
    "font.size": 8,
    "axes.labelsize": 8,
    "axes.titlesize": 8,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "hatch.linewidth": 0.6,
    "axes.unicode_minus": True,
    "text.usetex": False,
    "text.parse_math": False,
}


@dataclass(frozen=True)
class Mark:
    """How one arm is drawn: colour, marker, line style and hatch differ together, so that none is needed
    alone.
    """

    colour: str
    marker: str
    line: object
    hatch: str


@dataclass(frozen=True)
class Drawing:
    """A finished figure. ``description`` says in words what is shown; ``table_id`` names the table that holds
    every figure of it; ``values`` are the figures in the description, each with its identity. ``steps`` are the steps of
    its curves, of which the table prints the chosen days only.
    """

    id: str
    title: str
    description: str
    svg: str
    table_id: str
    values: tuple[Piece, ...] = ()
    steps: Grid | None = None


def mark_of(arms: list[str], arm: str) -> Mark:
    """The marks of an arm by its place among the report's arms; the total is drawn in ink."""
    if arm == TOTAL:
        return Mark("#4d4d4d", "D", "-", "")
    place = arms.index(arm) % len(OKABE_ITO)
    return Mark(OKABE_ITO[place], MARKERS[place], LINES[place], HATCHES[place])


@contextmanager
def canvas(
    height_inches: float, *, width_inches: float = WIDTH_INCHES, columns: int = 1, sharey: bool = False
) -> Iterator[tuple[Figure, list[Axes]]]:
    """A figure in the house style with its axes side by side; whatever a machine's own matplotlib settings
    say.
    """
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(STYLE)
        figure = Figure(figsize=(width_inches, height_inches))
        axes = figure.subplots(1, columns, squeeze=False, sharey=sharey)
        yield figure, list(axes[0])


def to_svg(figure: Figure, *, figure_id: str, title: str, description: str, marks: Marks) -> str:
    """The figure as one ``<svg>`` element, its marks on top. Call it inside ``canvas``: settings count while saving."""
    buffer = io.BytesIO()
    figure.savefig(
        buffer, format="svg", metadata={"Date": None, "Creator": None, "Type": None, "Format": None}
    )
    svg = _clean(buffer.getvalue().decode(), figure_id, title, description)
    return marks.on(svg, figure, figure_id)


def _clean(svg: str, figure_id: str, title: str, description: str) -> str:
    body = svg[svg.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r"<defs>\s*<style[^>]*>.*?</style>\s*</defs>", "", body, flags=re.DOTALL)
    body = re.sub(r'style="([^"]*)"', _as_attributes, body)
    body = re.sub(r'\bid="([^"]+)"', rf'id="{figure_id}-\1"', body)
    body = re.sub(r'(xlink:href="#|url\(#)', rf"\g<1>{figure_id}-", body)
    body = re.sub(r"\s*\n\s*", " ", body)
    return _named(body, figure_id, title, description)


def _as_attributes(match: re.Match[str]) -> str:
    """``fill: #fff; stroke: none`` as ``fill="#fff" stroke="none"``: style attributes are refused by a strict
    policy.
    """
    attributes = []
    for declaration in match.group(1).split(";"):
        name, _, value = declaration.partition(":")
        if name.strip() == "font-family":
            value = "DejaVu Sans, Verdana, sans-serif"
        if value.strip():
            attributes.append(f'{name.strip()}="{value.strip()}"')
    return " ".join(attributes)


def _named(svg: str, figure_id: str, title: str, description: str) -> str:
    """The root element with what the removed style sheet said, and with a title and a description for those
    who cannot see it.
    """
    head, body = svg.split(">", 1)
    head = re.sub(r' version="[^"]*"', "", head)
    names = f"{figure_id}-title {figure_id}-desc"
    strokes = 'stroke-linejoin="round" stroke-linecap="butt"'
    texts = (
        f'<title id="{figure_id}-title">{escape(title)}</title>'
        f'<desc id="{figure_id}-desc">{escape(description)}</desc>'
    )
    return f'{head} role="img" aria-labelledby="{names}" {strokes}>{texts}{body.strip()}'
