"""The marks of figures as a reader sees them, and their differences from the tables of the figures."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from html import unescape

from reports.rendering.arrangement import ShownPart
from reports.rendering.figures.drawing import Drawing
from reports.rendering.grids import Grid, GridRow
from reports.rendering.page import Page

MARK = re.compile(r'<\w+ (?=[^>]*class="mark")[^>]*>(?=<title>)|<g class="mark"[^>]*>')
TITLE = re.compile(r"<title>([^<]*)</title>")
DATA = re.compile(r'data-([a-z]+)="([^"]*)"')
NUMBER = re.compile(r"\d[\d\u202f]*(?:\.\d+)?")


@dataclass(frozen=True)
class Mark:
    """A mark of a figure: its words and its data attributes."""

    words: str
    data: Mapping[str, str]

    @property
    def value(self) -> str:
        """The words after what the mark is of."""
        return self.words.rpartition(": ")[2]


def marks_of(svg: str) -> list[Mark]:
    """Every element of the class ``mark`` with the title directly inside it."""
    found = []
    for opening in MARK.finditer(svg):
        title = TITLE.match(svg, opening.end())
        assert title is not None, opening[0]
        data = {name: unescape(value) for name, value in DATA.findall(opening[0])}
        found.append(Mark(unescape(title[1]), data))
    return found


def figures_of(page: Page) -> list[Drawing]:
    """Every figure that has a table twin in the report."""
    return [*page.front_figures, *(a.figure for a in page.answers if a.figure), *page.figures]


def with_figures(page: Page, change: Callable[[Drawing], Drawing | None]) -> Page:
    """The page with its figures changed; None takes one away."""

    def changed(parts: tuple[ShownPart, ...]) -> tuple[ShownPart, ...]:
        return tuple(replace(part, figures=tuple(filter(None, map(change, part.figures)))) for part in parts)

    return replace(page, sections=changed(page.sections), appendix=changed(page.appendix))


def twins_of(page: Page, figure: Drawing) -> list[Grid]:
    """The table that the figure's caption names."""
    own = [grid for grid in page.tables if grid.id.removesuffix("-lines") == figure.table_id]
    return [*own, *([figure.steps] if figure.steps else [])]


def mark_faults(page: Page) -> Iterator[str]:
    """Every mark whose number is not one of the figure's table twin."""
    for figure in figures_of(page):
        rows = [row for grid in twins_of(page, figure) for row in grid.rows]
        for mark in marks_of(figure.svg):
            if not (_is_cell(mark, rows) if "key" in mark.data else _is_row(mark, rows)):
                yield f"{figure.id}: {mark.words}"


def _is_cell(mark: Mark, rows: Iterable[GridRow]) -> bool:
    """Whether the mark has its cell's text, as in the table."""
    return any(
        key == mark.data["key"] and mark.value.startswith(text)
        for row in rows
        for key, text in zip(row.keys, row.cells, strict=False)
    )


def _is_row(mark: Mark, rows: Iterable[GridRow]) -> bool:
    """Whether a row that the mark names has every number of the mark."""
    said = set(NUMBER.findall(mark.value))
    return any(
        said <= set(NUMBER.findall(" ".join((row.label, *row.cells))))
        for row in rows
        if row.label.lower() in mark.words.lower()
    )
