"""Columns of tables are measured before they are set: no words need more than that, and what cannot be known is left."""

import json

import pytest
import typst
from hypothesis import given
from hypothesis import strategies as some

from documents.fonts import fonts
from reports.documents import document_of
from reports.rendering.grids import Grid, GridColumn, GridRow
from reports.rendering.page import page_of
from reports.rendering.widths import BOLD, fitted, head_of, measures_of, size_of, width_of
from tests.unit.reports.golden_reports import snapshot

ROOM = 510.2
SET = """
#set text(font: "DejaVu Sans")
#context for (words, size, weight, width) in json(bytes(sys.inputs.cells)) {
  let found = measure(text(size: size * 1pt, weight: weight, words)).width
  assert(found <= width * 1pt + 0.001pt, message: words + " is set on " + repr(found))
}
"""


def make_grid(*rows: GridRow, label: str = "Number") -> Grid:
    return Grid("t", "Title", "treated", "", (GridColumn(label),), rows)


def test_words_are_set_no_wider_than_they_were_measured() -> None:
    """By typst, which sets them: every word of every table of a closed report."""
    cells = []
    for grid in page_of(document_of(snapshot("closed"))).tables:
        size = size_of(grid)
        words = {text for row in grid.rows for text in (row.label, *row.cells)}
        heads = {line for lines in head_of(grid) for line in lines}
        cells += [(text, size, "regular", width_of(text, size)) for text in sorted(words)]
        cells += [(line, size, "bold", width_of(line, size, BOLD)) for line in sorted(heads)]

    assert len(cells) > 500
    typst.compile(SET.encode(), font_paths=fonts(), sys_inputs={"cells": json.dumps(cells)}, format="svg")


@pytest.mark.parametrize(
    ("widths", "room", "kept"),
    [
        ([10.0, 20.0], 30.0, [10.0, 20.0]),
        ([10.0, 21.0], 30.0, [10.0, 20.0]),
        ([100.0, 10.0, 100.0], 60.0, [25.0, 10.0, 25.0]),
        ([100.0, 19.0, 22.0], 60.0, [20.5, 19.0, 20.5]),
        ([50.0, 50.0], 60.0, [30.0, 30.0]),
        ([10.0], 10.0, [10.0]),
    ],
)
def test_only_the_widest_columns_are_cut_and_to_equal_shares(
    widths: list[float], room: float, kept: list[float]
) -> None:
    assert fitted(widths, room) == kept


@given(some.lists(some.floats(1, 200), min_size=1, max_size=12), some.floats(100, 800))
def test_columns_keep_to_the_room_and_are_never_wider_than_their_words(
    others: list[float], room: float
) -> None:
    """Also where a first column that takes what is left makes them wider than the room by a rounding."""
    widths = [max(room - sum(others), room / 12), *others]

    kept = fitted(widths, room)

    assert sum(kept) <= room * (1 + 1e-9)
    assert all(narrow <= wide for narrow, wide in zip(kept, widths, strict=True))


def test_row_that_does_not_fit_on_a_line_is_known_and_the_table_keeps_to_its_room() -> None:
    measures = measures_of(
        make_grid(GridRow("Short", ("1",)), GridRow("Very long " * 40, ("2",))), ROOM, "stamp"
    )

    assert measures is not None
    assert measures.is_one_line == (True, False)
    assert sum(measures.widths) == pytest.approx(ROOM)


def test_table_is_as_wide_as_its_widest_heading_and_its_stamp() -> None:
    heading, stamp = GridRow("Between the first day and the last", (), 0), "a stamp " * 15

    with_heading = measures_of(make_grid(heading, GridRow("a", ("1",))), ROOM, "s")
    with_stamp = measures_of(make_grid(GridRow("a", ("1",))), ROOM, stamp)

    assert with_heading is not None
    assert with_stamp is not None
    assert sum(with_heading.widths) >= width_of(heading.label, 7.6, BOLD) + 5
    assert sum(with_stamp.widths) >= width_of(stamp, 6.2) + 5
    assert with_heading.is_one_line == (False, True)


def test_table_with_a_sign_that_the_font_has_not_is_left_to_typst() -> None:
    assert measures_of(make_grid(GridRow("細胞", ("1",))), ROOM, "stamp") is None
