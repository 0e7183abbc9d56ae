"""Small cells of an open report: withheld, and not to be computed from what is left."""

import itertools
from typing import Any

import pytest

from reports.frames import frames_from
from reports.rules.withholding import is_withheld
from reports.tables import closed_tables, open_tables
from tests.unit.reports.snapshots import cells, make_event, make_participant, make_plan
from trials.rules.protocol import SmallCells


@pytest.mark.parametrize(
    ("counts", "is_hidden"),
    [
        ((), False),
        ((0, 3, 9), False),
        ((3, 4), False),
        ((2, 9), True),
        ((0, 1), True),
        ((1, 1, 9), True),
        ((2,), True),
    ],
)
def test_a_small_count_takes_its_group_with_it(counts: tuple[int, ...], is_hidden: bool) -> None:
    assert is_withheld(counts, below=3) is is_hidden


@pytest.mark.parametrize("size", [2, 3, 4])
def test_no_small_count_can_be_computed_from_the_total_and_what_is_left(size: int) -> None:
    """A reader with the rule, the total and every printed cell still finds a second value for each small cell."""
    seen: dict[tuple[Any, ...], list[tuple[int, ...]]] = {}
    for counts in itertools.product(range(9), repeat=size):
        printed = None if is_withheld(counts, below=3) else counts
        seen.setdefault((sum(counts), printed), []).append(counts)

    told = [
        (counts, place)
        for alike in seen.values()
        for counts in alike
        for place, count in enumerate(counts)
        if 0 < count < 3 and sum(counts) <= 8 and len({other[place] for other in alike}) == 1
    ]
    assert told == []


def make_content() -> dict[str, Any]:
    people = [make_participant(f"{i:02}", "AB"[i % 2]) for i in range(20)]
    levels = ["AGE_OVER_70" if i < 6 else "AGE_UP_TO_70" for i in range(20)]
    return {
        "participants": people,
        "participant_strata": [
            {"participant": p["participant"], "stratum": "AGE", "level": level}
            for p, level in zip(people, levels, strict=True)
        ],
        "adverse_events": [make_event(f"{i:02}", serious=i in (0, 10, 11, 12, 13)) for i in range(20)],
        "infusions": [{"participant": "03", "number": 1, "interrupted": True}],
    }


def of(tables: list[dict[str, Any]], table_id: str) -> dict[str, Any]:
    return next(table for table in tables if table["id"] == table_id)


def test_open_report_withholds_small_cells_of_subgroups_and_says_so() -> None:
    table = of(open_tables(frames_from(make_content()), make_plan()), "ae_by_stratum")

    serious = cells(table, "AGE_with_sae")
    assert [cell["withheld"] for cell in serious] == [True, True]
    assert {cell[name] for cell in serious for name in ("count", "denominator", "percent", "ci_high")} == {
        None
    }
    assert [cell["count"] for cell in cells(table, "AGE_with_ae")] == [14, 6]
    assert any("Counts of 1 to 2 are withheld" in note for note in table["notes"])


def test_open_report_withholds_small_counts_of_interrupted_infusions() -> None:
    table = of(open_tables(frames_from(make_content()), make_plan()), "exposure")

    (interrupted,) = cells(table, "infusions_interrupted")
    assert interrupted["withheld"]
    assert not any(cell.get("withheld") for cell in cells(table, "infusions_received"))


def test_closed_report_withholds_nothing() -> None:
    tables = closed_tables(frames_from(make_content()), make_plan())

    assert not any(cell.get("withheld") for table in tables for cell in table["cells"])


def test_protocol_decides_which_counts_are_small() -> None:
    frames = frames_from(make_content())

    none = open_tables(frames, make_plan(small_cells=SmallCells(1, "the charter")))
    more = of(open_tables(frames, make_plan(small_cells=SmallCells(7, "the charter"))), "ae_by_stratum")

    assert not any(cell.get("withheld") for table in none for cell in table["cells"])
    assert all(cell["withheld"] for cell in cells(more, "AGE_with_ae"))
    assert any("The charter." in note for note in more["notes"])
