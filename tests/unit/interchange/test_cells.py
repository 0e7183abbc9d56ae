from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from interchange.rules.cells import Cells
from interchange.rules.rows import BadRow, SourceRow
from tests.unit.interchange.study_rows import AT


def read(value: str, reader: Callable[[Cells], Any]) -> tuple[Any, list[BadRow]]:
    refused: list[BadRow] = []
    return reader(Cells(SourceRow("x.csv", 7, {"X": value}), refused, AT)), refused


@pytest.mark.parametrize(
    ("value", "expected"),
    [("3", 3), ("3.0", 3), ("", None), (".", None), ("-2", -2)],
)
def test_whole_number_is_read_as_sas_writes_it(value: str, expected: int | None) -> None:
    assert read(value, lambda cells: cells.whole("X")) == (expected, [])


@pytest.mark.parametrize("value", ["3.5", "three", "NaN", "inf", "3,0", "1_0", "1e999999999", "٣"])
def test_what_is_no_whole_number_is_refused(value: str) -> None:
    number, refused = read(value, lambda cells: cells.whole("X"))

    assert number is None
    assert [(bad.file, bad.line, bad.variable, bad.value) for bad in refused] == [("x.csv", 7, "X", value)]


@pytest.mark.parametrize(
    ("value", "refusals"),
    [("2147483647", 0), ("2147483648", 1), ("1", 0), ("1.0", 0), ("0", 1), ("", 1), ("x", 1)],
)
def test_sequence_number_is_required_and_counts_from_one(value: str, refusals: int) -> None:
    _, refused = read(value, lambda cells: cells.sequence("X"))

    assert len(refused) == refusals


@pytest.mark.parametrize(("value", "expected"), [("Y", True), ("n", False), ("", None)])
def test_flag_that_is_missing_is_unknown_and_not_no(value: str, expected: bool | None) -> None:
    assert read(value, lambda cells: cells.flag("X")) == (expected, [])


@pytest.mark.parametrize(
    "value", ["2014", "2014-01", "2014-01-31", "2014-01-31T08:15", "2014-01-31T08:15+02:00"]
)
def test_partial_date_is_kept_as_given(value: str) -> None:
    moment, refused = read(value, lambda cells: cells.moment("X", "Europe/Paris"))

    assert moment.text == value
    assert refused == []


@pytest.mark.parametrize(
    "value", ["2014-13", "2014-02-30", "31/01/2014", "2014-1-1", "2013-03-31T02:30", "2026-01-02"]
)
def test_impossible_or_coming_date_is_refused(value: str) -> None:
    _, refused = read(value, lambda cells: cells.moment("X", "Europe/Paris"))

    assert [bad.value for bad in refused] == [value]


def test_bad_row_repeats_no_more_than_the_beginning_of_a_long_value() -> None:
    _, refused = read("x" * 5000, lambda cells: cells.number("X"))

    assert len(refused[0].value) == 200


@pytest.mark.parametrize(
    ("value", "expected"),
    [("1.25", "1.3"), ("0", "0.0"), ("9.9", "9.9"), ("1E-1", "0.1"), ("", None), (".", None)],
)
def test_amount_is_rounded_to_what_its_field_holds(value: str, expected: str | None) -> None:
    amount, refused = read(value, lambda cells: cells.amount("X", decimals=1, highest=Decimal("9.9")))

    assert (amount, refused) == (Decimal(expected) if expected else None, [])


@pytest.mark.parametrize("value", ["-0.1", "10", "9.91"])
def test_amount_outside_what_its_field_holds_is_refused(value: str) -> None:
    amount, refused = read(value, lambda cells: cells.amount("X", decimals=1, highest=Decimal("9.9")))

    assert amount is None
    assert [bad.value for bad in refused] == [value]


@pytest.mark.parametrize(("value", "refusals"), [("x" * 5, 0), ("x" * 6, 1), ("", 0)])
def test_text_is_no_longer_than_its_field(value: str, refusals: int) -> None:
    _, refused = read(value, lambda cells: cells.short("X", 5))

    assert len(refused) == refusals
