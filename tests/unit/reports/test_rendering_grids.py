"""Tables as their readers see them."""

from reports.rendering.grids import lay_out
from tests.unit.dsmb.board_documents import make_cell, make_comparison, make_table, make_terms_table


def test_counts_grid_has_a_column_per_arm_and_pair():
    (grid,) = lay_out(make_table())

    assert [column.label for column in grid.columns] == [
        "Arm A",
        "Arm B",
        "A − B, points (95 % CI)",
        "p, A and B",
    ]
    assert [row.label for row in grid.rows] == ["D0-D14", "Participants with a serious adverse event"]
    assert grid.rows[0].is_heading
    assert len(grid.rows[1].cells) == len(grid.columns)


def test_total_stands_last_whatever_the_order_of_the_cells():
    cells = [make_cell(arm=arm) for arm in ("total", "B", "A")]

    (grid,) = lay_out(make_table(cells=cells, comparisons=[]))

    assert [column.label for column in grid.columns] == ["Arm B", "Arm A", "Total"]


def test_levels_stand_under_a_heading_of_their_measure():
    cells = [make_cell(measure="ae_by_grade", level=level) for level in ("1", "MISSING")]

    (grid,) = lay_out(make_table(cells=cells, comparisons=[]))

    assert [(row.label, row.depth) for row in grid.rows[1:]] == [
        ("Events by CTCAE grade (of those recorded)", 1),
        ("Grade 1", 2),
        ("Not recorded", 2),
    ]


def test_terms_keep_participants_and_events_in_columns_of_their_own():
    (grid,) = lay_out(make_terms_table())

    labels = [column.label for column in grid.columns]
    assert labels[:4] == [
        "Arm A: participants",
        "Arm B: participants",
        "Arm A: events",
        "Arm B: events",
    ]
    assert grid.rows[-1].cells[2:4] == ("2", "3")
    assert grid.is_wide


def test_comparison_of_another_level_is_not_borrowed():
    cells = [make_cell(measure="ae_by_grade", level="1")]

    (grid,) = lay_out(make_table(cells=cells, comparisons=[make_comparison(measure="ae_by_grade")]))

    assert grid.rows[-1].cells[-1] == "–"


def test_listing_says_what_is_not_recorded():
    columns = [{"id": "participant", "label": "Participant"}, {"id": "day", "label": "Day"}]
    table = make_table(
        cells=[], comparisons=[], columns=columns, rows=[{"participant": "07-001", "day": None}]
    )

    (grid,) = lay_out(table)

    assert (grid.stub, grid.rows[0].label, grid.rows[0].cells) == ("Participant", "07-001", ("not recorded",))


def test_table_with_counts_and_lines_gives_two_grids_with_different_ids():
    columns = [{"id": "participant", "label": "Participant"}]

    grids = lay_out(make_table(columns=columns, rows=[{"participant": "07-001"}]))

    assert [grid.id for grid in grids] == ["ae_overview", "ae_overview-lines"]


def test_empty_table_is_one_grid_without_rows():
    (grid,) = lay_out(make_table(cells=[], comparisons=[]))

    assert grid.rows == ()
