"""A small SVG writer: every figure of a report is drawn with it, in a thousandth of the time of a drawing library.

Presentation attributes alone, as a strict content security policy wants it; unique ids, a title and a description for those
who cannot see it; marks say their numbers. The same calls give the same bytes.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape

import numpy as np

from documents.inks import INK, RULE
from documents.tooltips import SILENT, Told

FONT = 'font-family="DejaVu Sans, Verdana, sans-serif"'
Point = tuple[float, float]
UNPAINTED = re.compile(r'<(line|circle) [^>]*pointer-events="(?:stroke|all)"[^>]*?(?:/>|>.*?</\1>)')
TITLE = re.compile(r"<title>[^<]*</title>")
REACH = 7.0
# Up to these days a tick is a week, or four weeks; beyond, half a year.
TICKS_BY_WEEK_UNTIL, TICKS_BY_MONTH_UNTIL = 56, 365
"""Points across a line at which the pointer meets it."""


def _n(value: float) -> str:
    """A coordinate to a hundredth, without trailing zeros and never a negative zero."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def painted(svg: str) -> str:
    """The drawing without what only a pointer meets: the places that are not painted, and the words of the marks."""
    return TITLE.sub("", UNPAINTED.sub("", svg))


@dataclass
class Sketch:
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
        told: Told = SILENT,
    ) -> None:
        """A straight line; ``dash`` as SVG writes it, ``3 2``."""
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        places = f'x1="{_n(start[0])}" y1="{_n(start[1])}" x2="{_n(end[0])}" y2="{_n(end[1])}"'
        self._put("line", f'{places} stroke="{colour}" stroke-width="{_n(width)}"{dashes}', told)

    def path(
        self,
        points: Sequence[Point],
        *,
        colour: str = INK,
        width: float = 1.0,
        dash: str = "",
        told: Told = SILENT,
    ) -> None:
        """A polyline."""
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        places = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
        self._put(
            "polyline",
            f'points="{places}" fill="none" stroke="{colour}" stroke-width="{_n(width)}"{dashes}',
            told,
        )

    def rectangle(
        self, corner: Point, size: Point, *, fill: str, edge: str = "none", told: Told = SILENT
    ) -> None:
        """A box from its upper left corner."""
        places = f'x="{_n(corner[0])}" y="{_n(corner[1])}" width="{_n(size[0])}" height="{_n(size[1])}"'
        self._put("rect", f'{places} fill="{fill}" stroke="{edge}" stroke-width="0.6"', told)

    def mark(
        self,
        kind: str,
        at: Point,
        *,
        size: float = 3.0,
        fill: str = INK,
        edge: str = INK,
        told: Told = SILENT,
    ) -> None:
        """A mark of one of the shapes of `SHAPES`, about its middle; shapes differ, so that colour is never needed."""
        if kind == "o":
            shape = f'cx="{_n(at[0])}" cy="{_n(at[1])}" r="{_n(size)}"'
            self._put("circle", f'{shape} fill="{fill}" stroke="{edge}" stroke-width="0.8"', told)
            return
        points = " ".join(f"{_n(at[0] + size * x)},{_n(at[1] + size * y)}" for x, y in SHAPES[kind])
        closed = "polyline" if kind == "x" else "polygon"
        face = "none" if kind == "x" else fill
        stroke = 1.8 if kind == "x" else 0.8
        self._put(closed, f'points="{points}" fill="{face}" stroke="{edge}" stroke-width="{stroke}"', told)

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
        """Words with their baseline a little under the point, so that a point in the middle of a lane centres them."""
        weight = ' font-weight="bold"' if bold else ""
        places = f'x="{_n(at[0])}" y="{_n(at[1] + size * 0.36)}"'
        style = f'font-size="{_n(size)}" text-anchor="{anchor}" fill="{colour}"{weight} {FONT}'
        self.parts.append(f"<text {places} {style}>{escape(words)}</text>")

    def text_upwards(self, words: str, at: Point, *, size: float = 7.5) -> None:
        """Words that are read from below, their middle at the point."""
        x, y = _n(at[0] + size * 0.36), _n(at[1])
        style = f'font-size="{_n(size)}" text-anchor="middle" fill="{INK}" {FONT}'
        self.parts.append(
            f'<text x="{x}" y="{y}" transform="rotate(-90 {x} {y})" {style}>{escape(words)}</text>'
        )

    def reach(self, start: Point, end: Point, *, told: Told = SILENT) -> None:
        """A stretch that is not painted and says a number, as wide as a hand needs."""
        places = f'x1="{_n(start[0])}" y1="{_n(start[1])}" x2="{_n(end[0])}" y2="{_n(end[1])}"'
        self._put("line", f'{places} stroke="none" stroke-width="{REACH:g}" pointer-events="stroke"', told)

    def hit(self, at: Point, *, radius: float = 3.0, told: Told = SILENT) -> None:
        """A place that is not painted and says a number, for marks too small to be met by a hand."""
        shape = f'cx="{_n(at[0])}" cy="{_n(at[1])}" r="{_n(radius)}" fill="none" pointer-events="all"'
        self._put("circle", shape, told)

    @contextmanager
    def group(self, told: Told) -> Iterator[None]:
        """What is drawn inside is one mark, when there are words, and is filtered together."""
        self.parts.append(f"<g{told.attributes}>{told.title}")
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

    def _put(self, element: str, attributes: str, told: Told) -> None:
        self.parts.append(told.element(element, attributes))


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
    """From values to points along one direction; logarithmic when ``is_log``. Values outside stand at the edge."""

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
    sketch: Sketch, scale: Scale, ticks: Sequence[float], top: float, bottom: float, label: str
) -> None:
    """A horizontal axis under the drawing, with a rule up through it at every tick."""
    for tick in ticks:
        x = scale.at(tick)
        sketch.line((x, top), (x, bottom), colour=RULE, width=0.4)
        sketch.text(f"{tick:g}", (x, bottom + 7), size=7, anchor="middle")
    sketch.line((scale.start, bottom), (scale.end, bottom), width=0.6)
    sketch.text(label, ((scale.start + scale.end) / 2, bottom + 17), size=7, anchor="middle")


def upright(sketch: Sketch, scale: Scale, ticks: Sequence[float], left: float, right: float) -> None:
    """A vertical axis at the left, with a rule across the drawing at every tick."""
    for tick in ticks:
        y = scale.at(tick)
        sketch.line((left, y), (right, y), colour=RULE, width=0.4)
        sketch.text(f"{tick:g}", (left - 3, y), size=6.5, anchor="end")
    sketch.line((left, scale.start), (left, scale.end), width=0.6)


def day_ticks(last: int) -> list[int]:
    """Study days to name: weeks, or months when there are many."""
    step = 7 if last <= TICKS_BY_WEEK_UNTIL else 28 if last <= TICKS_BY_MONTH_UNTIL else 182
    return list(range(0, last + 1, step))
