"""A part of a canvas for data: two scales, axes with their ticks, and the drawing between them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from documents.inks import INK, RULE
from documents.svg import Canvas, Point, Scale
from documents.tooltips import Tooltip
from reports.rendering.figures.drawing import Mark
from reports.rendering.wording import MINUS

SIZE = 8.0
"""Of words, points."""
EM_SHARE = 0.62
"""The width of a character as a share of the font size: wider than most, so that entries of a legend are apart."""
DOT_RADIUS = 5.0
"""The hit radius around a dot in points: larger than the dot, to be easy to hit."""
TICK = 3.5
"""The length of a tick in points."""
MARGIN = 0.05
"""Of the data's range, kept free on both sides of what is drawn."""

LEGEND = 8.0
"""The position of the arms' names, from the top of a canvas."""

Tick = tuple[float, str]


def with_margin(values: Iterable[float]) -> tuple[float, float]:
    """The range of the values with a margin on both sides; an empty range gets some width."""
    found = list(values)
    low, high = min(found), max(found)
    aside = MARGIN * (high - low) or 0.5
    return low - aside, high + aside


def numbered_ticks(ticks: Iterable[float]) -> list[Tick]:
    """Each tick with its number."""
    return [(tick, f"{tick:g}".replace("-", MINUS)) for tick in ticks]


@dataclass(frozen=True)
class Plot:
    """A part of a canvas, with the scales from data to points in both directions."""

    canvas: Canvas
    x: Scale
    y: Scale

    def at(self, place: Point) -> Point:
        """Points of the canvas, from the coordinates of the data."""
        return self.x.at(place[0]), self.y.at(place[1])

    def line(self, places: Sequence[Point], *, colour: str = INK, width: float = 0.8, dash: str = "") -> None:
        """A line from place to place."""
        self.canvas.path([self.at(place) for place in places], colour=colour, width=width, dash=dash)

    def steps(self, places: Sequence[Point], *, colour: str, width: float, dash: str = "") -> None:
        """A curve with a constant value until the next point."""
        corners = [(x, y) for (x, _), (_, y) in zip(places[1:], places, strict=False)]
        between = [place for pair in zip(corners, places[1:], strict=True) for place in pair]
        self.line([places[0], *between], colour=colour, width=width, dash=dash)

    def dot(self, kind: str, place: Point, *, size: float, fill: str, edge: str) -> None:
        """A mark of one of the canvas's shapes, with a larger hit area."""
        self.canvas.mark(kind, self.at(place), size=size, fill=fill, edge=edge)
        self.canvas.hit_circle(self.at(place), radius=DOT_RADIUS)

    def hit_line(self, start: Point, end: Point, tooltip: Tooltip) -> None:
        """A tooltip along a line that other code draws; one without length is a hit circle."""
        if start == end:
            self.canvas.hit_circle(self.at(start), radius=DOT_RADIUS, tooltip=tooltip)
        else:
            self.canvas.hit_line(self.at(start), self.at(end), tooltip=tooltip)

    def below(self, ticks: Sequence[Tick], name: str = "", *, size: float = SIZE) -> None:
        """The axis under the plot: its line, its ticks with labels, and its name."""
        base = self.y.start
        self.canvas.line((self.x.start, base), (self.x.end, base), width=0.6)
        for value, words in ticks:
            x = self.x.at(value)
            self.canvas.line((x, base), (x, base + TICK), width=0.6)
            self.canvas.text(words, (x, base + TICK + size), size=size, anchor="middle")
        if name:
            middle = ((self.x.start + self.x.end) / 2, base + TICK + 2.3 * size)
            self.canvas.text(name, middle, size=size, anchor="middle")

    def beside(self, ticks: Sequence[Tick], name: str = "", *, away: float = 0.0) -> None:
        """The axis at the left: its line, its ticks with labels, and its name upwards, at this distance in points."""
        left = self.x.start
        self.canvas.line((left, self.y.start), (left, self.y.end), width=0.6)
        for value, words in ticks:
            y = self.y.at(value)
            self.canvas.line((left - TICK, y), (left, y), width=0.6)
            self.canvas.text(words, (left - TICK - 3, y), size=SIZE, anchor="end")
        if name:
            self.canvas.text_upwards(name, (left - away, (self.y.start + self.y.end) / 2), size=SIZE)

    def rules_across(self, values: Iterable[float]) -> None:
        """Thin rules from left to right."""
        for value in values:
            y = self.y.at(value)
            self.canvas.line((self.x.start, y), (self.x.end, y), colour=RULE, width=0.4)

    def rules_up(self, values: Iterable[float]) -> None:
        """Thin rules from the axis to the top."""
        for value in values:
            x = self.x.at(value)
            self.canvas.line((x, self.y.start), (x, self.y.end), colour=RULE, width=0.4)


def legend(canvas: Canvas, entries: Iterable[tuple[Mark, str]], left: float) -> None:
    """Arms with their lines and marks at the top of a canvas, from left to right."""
    for mark, words in entries:
        canvas.line((left, LEGEND), (left + 18, LEGEND), colour=mark.colour, dash=mark.line, width=1.2)
        canvas.mark(mark.marker, (left + 9, LEGEND), size=2.4, fill=mark.colour, edge=mark.colour)
        left = _named(canvas, words, left + 22)


def dots_legend(canvas: Canvas, entries: Iterable[tuple[Mark, str, str]], left: float) -> None:
    """Marks only with their names, as `legend`; each entry is a mark, the colour of its edge and its name."""
    for mark, edge, words in entries:
        canvas.mark(mark.marker, (left + 3, LEGEND), size=2.4, fill=mark.colour, edge=edge)
        left = _named(canvas, words, left + 9)


def _named(canvas: Canvas, words: str, left: float) -> float:
    """Write a name; returns where the next entry begins."""
    canvas.text(words, (left, LEGEND), size=SIZE)
    return left + EM_SHARE * SIZE * len(words) + 10
