"""How wide the words of tables are, and with it each column: known before, nothing has to be set twice to find out.

typst sets every cell of an automatic column to learn its width, again to learn the height of its row, and a third time to
place it: a third of the time of a PDF. A width here is the sum of the font's own advances and kernings, as typst finds it; a
sign that the font has not is left to typst, and its whole table with it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from matplotlib.ft2font import FT2Font, Kerning, LoadFlags

from documents.fonts import folder
from reports.rendering.grids import Grid, GridRow

REGULAR, BOLD = "DejaVuSans.ttf", "DejaVuSans-Bold.ttf"
INSET, INDENT = 2.5, 8.0
"""Points beside the words of a cell, and before the label of a level."""
SPARE = 0.1
"""Points that a column is wider than its words, so that no rounding breaks a line."""
STAMP = 6.2
HEADINGS = (7.6, 7.0)
"""Sizes of the headings of windows and of measures, points."""
MANY_COLUMNS = 9


class UnknownWidthError(Exception):
    """A sign that the font has not."""


@dataclass(frozen=True)
class Measures:
    """A table's columns in points, and for each of its rows whether its words stand on one line."""

    widths: tuple[float, ...]
    is_one_line: tuple[bool, ...]


def size_of(grid: Grid) -> float:
    """Of the words in a table's cells, points."""
    if len(grid.columns) > MANY_COLUMNS:
        return 6.0
    return 6.4 if grid.is_wide else 7.0


def head_of(grid: Grid) -> tuple[tuple[str, ...], ...]:
    """The lines of each column's head, the row labels' first."""
    labels = [grid.stub or "Measure", *(column.label.replace(": ", "\n") for column in grid.columns)]
    return (tuple(labels[:1]), *(tuple(label.replace(", ", "\n").split("\n")) for label in labels[1:]))


def measures_of(grid: Grid, room: float, stamp: str) -> Measures | None:
    """The columns of a table that has so many points; None when it holds a sign of unknown width."""
    try:
        return _measured(grid, room, stamp)
    except UnknownWidthError:
        return None


def width_of(words: str, size: float, font: str = REGULAR) -> float:
    """Of words on one line, points."""
    advances = sum(_advance(sign, font) for sign in words)
    return size * (advances + sum(_kerning(*pair, font) for pair in pairwise(words)))


def _measured(grid: Grid, room: float, stamp: str) -> Measures:
    size = size_of(grid)
    heads = [max(width_of(line, size, BOLD) for line in lines) for lines in head_of(grid)]
    rows = [_widths(row, size) for row in grid.rows]
    natural = [max(column) + 2 * INSET + SPARE for column in zip(heads, *filter(None, rows), strict=True)]
    is_listing = not all(column.is_numeric for column in grid.columns)
    if grid.is_wide and not is_listing:
        # Wide counts get the width that is left for their labels; everything else is as wide as its words.
        widths = [max(room - sum(natural[1:]), room / len(natural)), *natural[1:]]
    else:
        across = max([width_of(stamp, STAMP), *_headings(grid)]) + 2 * INSET + SPARE
        natural[-1] = max(natural[-1], across - sum(natural[:-1]))
        widths = natural
    widths = fitted(widths, room)
    return Measures(tuple(widths), tuple(_fits(row, widths) for row in rows))


def _widths(row: GridRow, size: float) -> list[float]:
    """Of a row's words, cell by cell; nothing for a heading."""
    if row.is_heading:
        return []
    label = (INDENT if row.depth > 1 else 0.0) + width_of(row.label, size)
    return [label, *(width_of(cell, size) for cell in row.cells)]


def _headings(grid: Grid) -> Iterable[float]:
    for row in grid.rows:
        if row.is_heading:
            yield width_of(row.label, HEADINGS[min(row.depth, 1)], BOLD)


def _fits(row: Sequence[float], widths: Sequence[float]) -> bool:
    return bool(row) and all(words + 2 * INSET <= width for words, width in zip(row, widths, strict=True))


def fitted(widths: Sequence[float], room: float) -> list[float]:
    """The widths, or where they need more room than there is, the widest cut down to an equal share of what is left."""
    if sum(widths) <= room:
        return list(widths)
    share, left, waiting = room, room, list(widths)
    while waiting:
        share = left / len(waiting)
        wide = [width for width in waiting if width > share]
        if len(wide) == len(waiting):
            break
        left -= sum(waiting) - sum(wide)
        waiting = wide  # nobody left: the columns take the whole room but for a rounding
    return [min(width, share) for width in widths]


@cache
def _advance(sign: str, font: str) -> float:
    """Of one sign, as a share of its size."""
    face = _face(font)
    if not face.get_char_index(ord(sign)):
        raise UnknownWidthError(sign)
    return float(face.load_char(ord(sign), flags=LoadFlags.NO_SCALE).horiAdvance) / face.units_per_EM


@cache
def _kerning(sign: str, following: str, font: str) -> float:
    """How much closer two signs come than their advances say (below zero), as a share of their size."""
    face = _face(font)
    pair = face.get_char_index(ord(sign)), face.get_char_index(ord(following))
    return float(face.get_kerning(*pair, Kerning.UNSCALED)) / face.units_per_EM


@cache
def _face(font: str) -> FT2Font:
    return FT2Font(str(folder() / font))
