"""What the marks of a figure say: each carries its number in words, as the table twin writes it, and what it is filtered by.

The words stand in the mark's own ``<title>``: browsers show it when the pointer rests there, without any script. A mark that
shows one cell of the twin carries that cell's identity, as the cell itself does.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dsmb.rendering.identity import identity_of
from dsmb.rendering.wording import arm_text

Point = tuple[float, float]
Groups = Mapping[str, str]
NO_GROUPS: Groups = {}

POINTS_PER_INCH = 72
DOT_RADIUS = 5.0
"""Points around the middle of a dot at which the pointer meets it: more than is drawn, so that a hand can."""
LINE_WIDTH = 7.0
"""Points across a line at which the pointer meets it."""

GROUP_ID = "filtered-"
POINT = "<use "


@dataclass(frozen=True)
class Told:
    """The words of a mark, the identity of the one cell that it shows (empty for others), and by what it is filtered:
    ``site``, ``soc``, ``class``, ``arm``, as the twin's own columns hold them.
    """

    words: str = ""
    key: str = ""
    groups: Groups = field(default_factory=dict)

    @property
    def attributes(self) -> str:
        """As attributes of an element, each with a space before it."""
        kind = ' class="mark"' if self.words else ""
        key = f' data-key="{escape(self.key)}"' if self.key else ""
        return f"{kind}{key}{grouped(self.groups)}"

    @property
    def title(self) -> str:
        """As the first thing inside an element; empty without words."""
        return f"<title>{escape(self.words)}</title>" if self.words else ""

    def element(self, name: str, attributes: str) -> str:
        """A whole element with these attributes besides its own."""
        inner = f">{self.title}</{name}>" if self.words else "/>"
        return f"<{name} {attributes}{self.attributes}{inner}"


SILENT = Told()


def told(name: str, cell: Mapping[str, Any], text: str, groups: Groups = NO_GROUPS) -> Told:
    """A mark that shows the cell, written as the twin writes it: ``Day 14, Arm A: 6/21 (28.6 %)``."""
    return Told(f"{name}: {text}", identity_of(cell), groups)


def named(*parts: object, arm: str = "") -> str:
    """What a mark is of: the parts that are not empty, then the arm."""
    return ", ".join(str(part) for part in (*parts, arm_text(arm) if arm else "") if part not in (None, ""))


def grouped(groups: Groups) -> str:
    """What filters on screen know an element by, as attributes."""
    return "".join(f' data-{name}="{escape(value)}"' for name, value in groups.items())


@dataclass(frozen=True)
class _Spot:
    """Where a mark is met, in the coordinates of the data: between both ends, and at least so wide in points."""

    ends: tuple[Point, Point]
    told: Told
    width: float = 0.0


@dataclass
class Marks:
    """The marks of a figure that matplotlib draws.

    Places are given in the coordinates of the data and become points when the figure is written, from the same
    transformation that drew it. The places themselves are not painted: they catch the pointer and the keyboard's focus.
    """

    spots: dict[Axes, list[_Spot]] = field(default_factory=dict)
    groups: list[Sequence[Groups]] = field(default_factory=list)

    def dot(self, axes: Axes, at: Point, told: Told) -> None:
        """A dot, met within `DOT_RADIUS`."""
        self._add(axes, _Spot((at, at), told))

    def line(self, axes: Axes, start: Point, end: Point, told: Told) -> None:
        """An interval, or the step of a curve, along one of the axes; one without length is met as a dot."""
        self._add(axes, _Spot((start, end), told, LINE_WIDTH))

    def box(self, axes: Axes, corner: Point, opposite: Point, told: Told) -> None:
        """A bar or a part of one."""
        self._add(axes, _Spot((corner, opposite), told))

    def group(self, groups: Groups, *artists: Artist) -> None:
        """Say what drawn parts are filtered by: they go and come with their marks."""
        for artist in artists:
            self.group_points([groups], artist)

    def group_points(self, groups: Sequence[Groups], artist: Artist) -> None:
        """Say what each point of a line of points is filtered by, in their order."""
        artist.set_gid(f"{GROUP_ID}{len(self.groups)}")
        self.groups.append(groups)

    def on(self, svg: str, figure: Figure, figure_id: str) -> str:
        """The figure's ``<svg>`` with its marks on top. Call it after the figure was drawn."""
        for_groups = re.compile(rf'<g id="{re.escape(figure_id)}-{GROUP_ID}(\d+)".*?(?=<g id="|$)')
        svg = for_groups.sub(lambda found: _grouped_part(found[0], self.groups[int(found[1])]), svg)
        body, end = svg.rsplit("</svg>", 1)
        parts = [part for axes, spots in self.spots.items() for part in _placed(axes, spots, figure)]
        return f'{body}<g fill="none" pointer-events="all">{"".join(parts)}</g></svg>{end}' if parts else svg

    def _add(self, axes: Axes, spot: _Spot) -> None:
        self.spots.setdefault(axes, []).append(spot)


def _grouped_part(part: str, groups: Sequence[Groups]) -> str:
    """What was drawn of one artist, as a whole or point by point.

    matplotlib writes one ``<use>`` per point, in order. Were any left out, none is filtered: better all than the wrong one.
    """
    if len(groups) == 1:
        return part.replace("<g", f"<g{grouped(groups[0])}", 1)
    pieces = part.split(POINT)
    if len(pieces) != len(groups) + 1:
        return part
    return pieces[0] + "".join(
        f"{POINT}{grouped(own).lstrip()} {piece}" for own, piece in zip(groups, pieces[1:], strict=True)
    )


def _placed(axes: Axes, spots: Sequence[_Spot], figure: Figure) -> list[str]:
    """The elements of one part of the figure."""
    ends = [end for spot in spots for end in spot.ends]
    shares = (axes.transData + figure.transFigure.inverted()).transform(ends)
    width, height = (POINTS_PER_INCH * inches for inches in figure.get_size_inches())
    points = [(x * width, (1 - y) * height) for x, y in shares.tolist()]
    return [_element(spot, *points[2 * place : 2 * place + 2]) for place, spot in enumerate(spots)]


def _element(spot: _Spot, start: Point, end: Point) -> str:
    if start == end:
        shape = f'cx="{start[0]:.1f}" cy="{start[1]:.1f}" r="{DOT_RADIUS:g}"'
        return spot.told.element("circle", shape)
    left, width = _widened(start[0], end[0], spot.width)
    top, height = _widened(start[1], end[1], spot.width)
    shape = f'x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return spot.told.element("rect", shape)


def _widened(one: float, other: float, least: float) -> tuple[float, float]:
    """Where a stretch begins and how long it is, made at least so long about its middle."""
    length = max(abs(other - one), least)
    return (one + other - length) / 2, length
