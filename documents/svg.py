"""A small SVG writer for every figure of a report, about a thousand times faster than a drawing library.

Only presentation attributes, because of the strict content security policy. Ids are unique. A title and a description
serve readers who cannot see the drawing; marks have tooltips. The same calls give the same bytes.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape

import numpy as np

from documents.inks import INK, RULE
from documents.tooltips import NO_TOOLTIP, Tooltip

FONT = 'font-family="DejaVu Sans, Verdana, sans-serif"'
Point = tuple[float, float]
UNPAINTED = re.compile(r'<(line|circle) [^>]*pointer-events="(?:stroke|all)"[^>]*?(?:/>|>.*?</\1>)')
TITLE = re.compile(r"<title>[^<]*</title>")
HIT_WIDTH = 7.0
# Up to these days a tick is a week, or four weeks; beyond, half a year.
TICKS_BY_WEEK_UNTIL, TICKS_BY_MONTH_UNTIL = 56, 365
"""Points across a line at which the pointer meets it."""


def _n(value: float) -> str:
    """A coordinate to a hundredth, without trailing zeros and never a negative zero."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def without_tooltips(svg: str) -> str:
    """The drawing without hit areas and tooltips."""
    return TITLE.sub("", UNPAINTED.sub("", svg))


@dataclass
class Canvas:
    """A drawing of the given size in points; y grows downwards."""

    width: float
    height: float
    parts: list[str] = field(default_factory=list)

    def line(
        self,
        start: Point,
        end: Point,
        *,
        colour: str = INK,
        width: float = 0.8,
        dash: str = "",
        tooltip: Tooltip = NO_TOOLTIP,
    ) -> None:
        """A straight line; ``dash`` as SVG writes it, ``3 2``."""
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        places = f'x1="{_n(start[0])}" y1="{_n(start[1])}" x2="{_n(end[0])}" y2="{_n(end[1])}"'
        self._put("line", f'{places} stroke="{colour}" stroke-width="{_n(width)}"{dashes}', tooltip)

    def path(
        self,
        points: Sequence[Point],
        *,
        colour: str = INK,
        width: float = 1.0,
        dash: str = "",
        tooltip: Tooltip = NO_TOOLTIP,
    ) -> None:
        """A polyline."""
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        places = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
        self._put(
            "polyline",
            f'points="{places}" fill="none" stroke="{colour}" stroke-width="{_n(width)}"{dashes}',
            tooltip,
        )

    def rectangle(
        self, corner: Point, size: Point, *, fill: str, edge: str = "none", tooltip: Tooltip = NO_TOOLTIP
    ) -> None:
        """A rectangle from its upper left corner."""
        places = f'x="{_n(corner[0])}" y="{_n(corner[1])}" width="{_n(size[0])}" height="{_n(size[1])}"'
        self._put("rect", f'{places} fill="{fill}" stroke="{edge}" stroke-width="0.6"', tooltip)

    def mark(
        self,
        kind: str,
        at: Point,
        *,
        size: float = 3.0,
        fill: str = INK,
        edge: str = INK,
        tooltip: Tooltip = NO_TOOLTIP,
    ) -> None:
        """A mark of one of the shapes of `SHAPES`, centred on `at`.

        The shapes differ, so that colour is not needed.
        """
        if kind == "o":
            shape = f'cx="{_n(at[0])}" cy="{_n(at[1])}" r="{_n(size)}"'
            self._put("circle", f'{shape} fill="{fill}" stroke="{edge}" stroke-width="0.8"', tooltip)
            return
        points = " ".join(f"{_n(at[0] + size * x)},{_n(at[1] + size * y)}" for x, y in SHAPES[kind])
        closed = "polyline" if kind == "x" else "polygon"
        face = "none" if kind == "x" else fill
        stroke = 1.8 if kind == "x" else 0.8
        self._put(closed, f'points="{points}" fill="{face}" stroke="{edge}" stroke-width="{stroke}"', tooltip)

    def text(
        self,
        words: str,
        at: Point,
        *,
        size: float = 7.5,
        anchor: str = "start",
        bold: bool = False,
        colour: str = INK,
    ) -> None:
        """Text with its baseline a little below the point, so that a point in the middle of a lane centres the text."""
        weight = ' font-weight="bold"' if bold else ""
        places = f'x="{_n(at[0])}" y="{_n(at[1] + size * 0.36)}"'
        style = f'font-size="{_n(size)}" text-anchor="{anchor}" fill="{colour}"{weight} {FONT}'
        self.parts.append(f"<text {places} {style}>{escape(words)}</text>")

    def text_upwards(self, words: str, at: Point, *, size: float = 7.5) -> None:
        """Text that is read from below, centred on the point."""
        x, y = _n(at[0] + size * 0.36), _n(at[1])
        style = f'font-size="{_n(size)}" text-anchor="middle" fill="{INK}" {FONT}'
        self.parts.append(
            f'<text x="{x}" y="{y}" transform="rotate(-90 {x} {y})" {style}>{escape(words)}</text>'
        )

    def hit_line(self, start: Point, end: Point, *, tooltip: Tooltip = NO_TOOLTIP) -> None:
        """An invisible line with a tooltip, as wide as a pointer needs."""
        places = f'x1="{_n(start[0])}" y1="{_n(start[1])}" x2="{_n(end[0])}" y2="{_n(end[1])}"'
        self._put(
            "line", f'{places} stroke="none" stroke-width="{HIT_WIDTH:g}" pointer-events="stroke"', tooltip
        )

    def hit_circle(self, at: Point, *, radius: float = 3.0, tooltip: Tooltip = NO_TOOLTIP) -> None:
        """An invisible circle with a tooltip, for marks that are too small for a pointer."""
        shape = f'cx="{_n(at[0])}" cy="{_n(at[1])}" r="{_n(radius)}" fill="none" pointer-events="all"'
        self._put("circle", shape, tooltip)

    @contextmanager
    def group(self, tooltip: Tooltip) -> Iterator[None]:
        """A group that is one mark when it has a tooltip, and that filters show or hide as one."""
        self.parts.append(f"<g{tooltip.attributes}>{tooltip.title}")
        yield
        self.parts.append("</g>")

    def svg(self, *, figure_id: str, title: str, description: str) -> str:
        """The drawing as one ``<svg>`` element with a name and a description."""
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{_n(self.width)}pt" height="{_n(self.height)}pt" '
            f'viewBox="0 0 {_n(self.width)} {_n(self.height)}" role="img" '
            f'aria-labelledby="{figure_id}-title {figure_id}-desc">'
        )
        names = (
            f'<title id="{figure_id}-title">{escape(title)}</title>'
            f'<desc id="{figure_id}-desc">{escape(description)}</desc>'
        )
        return f"{head}{names}{''.join(self.parts)}</svg>"

    def _put(self, element: str, attributes: str, tooltip: Tooltip) -> None:
        self.parts.append(tooltip.element(element, attributes))


SHAPES = {
    "^": ((0, -1.1), (1, 0.8), (-1, 0.8)),
    "v": ((0, 1.1), (1, -0.8), (-1, -0.8)),
    "s": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
    "D": ((0, -1.2), (1.2, 0), (0, 1.2), (-1.2, 0)),
    "P": ((-0.3, -1), (0.3, -1), (0.3, 1), (-0.3, 1)),
    "x": ((-1, -1), (1, 1), (0, 0), (-1, 1), (1, -1)),
}


@dataclass(frozen=True)
class Scale:
    """From values to points along one direction; logarithmic when ``is_log``.

    Values outside are drawn at the edge.
    """

    low: float
    high: float
    start: float
    end: float
    is_log: bool = False

    def at(self, value: float) -> float:
        low, high, value = (np.log10(v) if self.is_log else v for v in (self.low, self.high, value))
        share = 0.5 if high == low else (value - low) / (high - low)
        return float(self.start + min(max(share, 0.0), 1.0) * (self.end - self.start))


def across(
    canvas: Canvas, scale: Scale, ticks: Sequence[float], top: float, bottom: float, label: str
) -> None:
    """A horizontal axis under the drawing, with a rule up through it at every tick."""
    for tick in ticks:
        x = scale.at(tick)
        canvas.line((x, top), (x, bottom), colour=RULE, width=0.4)
        canvas.text(f"{tick:g}", (x, bottom + 7), size=7, anchor="middle")
    canvas.line((scale.start, bottom), (scale.end, bottom), width=0.6)
    canvas.text(label, ((scale.start + scale.end) / 2, bottom + 17), size=7, anchor="middle")


def upright(canvas: Canvas, scale: Scale, ticks: Sequence[float], left: float, right: float) -> None:
    """A vertical axis at the left, with a rule across the drawing at every tick."""
    for tick in ticks:
        y = scale.at(tick)
        canvas.line((left, y), (right, y), colour=RULE, width=0.4)
        canvas.text(f"{tick:g}", (left - 3, y), size=6.5, anchor="end")
    canvas.line((left, scale.start), (left, scale.end), width=0.6)


def day_ticks(last: int) -> list[int]:
    """Study days to label: weeks, or months when there are many."""
    step = 7 if last <= TICKS_BY_WEEK_UNTIL else 28 if last <= TICKS_BY_MONTH_UNTIL else 182
    return list(range(0, last + 1, step))
