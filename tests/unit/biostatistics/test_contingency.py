"""The r x c tests against the paper's counts, scipy's 2x2, and every table counted in exact fractions."""

from collections.abc import Iterator
from fractions import Fraction
from math import factorial, prod

import pytest
from scipy.stats import chi2_contingency, fisher_exact

from biostatistics.contingency import (
    TooManyTablesError,
    chi_square,
    distribution_test,
    freeman_halton,
    smallest_expected_count,
)

Table = list[list[int]]

GRADES = [[19, 15, 9, 4], [10, 19, 16, 3]]
LATE_GRADES = [[7, 7, 1, 3], [3, 15, 3, 2]]
SEVERITY = [[16, 24, 9], [15, 24, 9]]
LATE_SEVERITY = [[7, 7, 5], [3, 12, 8]]
CAUSES = [[1, 4, 1, 28, 3, 11], [0, 2, 1, 37, 2, 5]]
LATE_CAUSES = [[3, 1, 8, 2, 0], [4, 0, 11, 2, 3]]


@pytest.mark.parametrize(
    ("table", "p_value", "test"),
    [
        (SEVERITY, 0.9891, "chi_square"),
        (GRADES, 0.1350, "freeman_halton"),
        (CAUSES, 0.3179, "freeman_halton"),
        (LATE_SEVERITY, 0.2301, "freeman_halton"),
        (LATE_GRADES, 0.1832, "freeman_halton"),
        (LATE_CAUSES, 0.5321, "freeman_halton"),
    ],
)
def test_distributions_of_the_papers_table_5(table: Table, p_value: float, test: str) -> None:
    found = distribution_test(table)

    assert found is not None
    assert (round(found.p_value, 4), found.test) == (p_value, test)


@pytest.mark.parametrize(
    "table",
    [[[3, 1], [1, 3]], [[2, 3, 4], [5, 0, 1], [2, 2, 7]], [[0, 3, 1], [4, 1, 2]], LATE_GRADES, [[1, 0], [0, 1]],
     [[2, 0, 1, 1], [0, 2, 1, 0], [1, 1, 0, 2], [1, 0, 0, 1]]],
)  # fmt: skip
def test_exact_test_equals_counting_every_table(table: Table) -> None:
    rows, columns = [sum(row) for row in table], [sum(column) for column in zip(*table, strict=True)]
    weights = [_weight(candidate) for candidate in _tables(rows, columns)]
    expected = sum(w for w in weights if w <= _weight(table)) / sum(weights)

    assert freeman_halton(table) == pytest.approx(float(expected), abs=1e-10)


@pytest.mark.parametrize("table", [[[3, 18], [0, 24]], [[18, 3], [18, 6]], [[10, 39], [6, 42]]])
def test_exact_test_of_two_by_two_is_fishers(table: Table) -> None:
    assert freeman_halton(table) == pytest.approx(fisher_exact(table)[1], abs=1e-10)


@pytest.mark.parametrize("table", [SEVERITY, GRADES, [[10, 20, 30], [15, 15, 15], [9, 8, 7]]])
def test_chi_square_agrees_with_scipy(table: Table) -> None:
    found = chi2_contingency(table, correction=False)

    assert chi_square(table) == pytest.approx(found[1], abs=1e-12)
    assert smallest_expected_count(table) == pytest.approx(found[3].min())


def test_exact_test_gives_the_same_number_every_time() -> None:
    assert {freeman_halton(GRADES) for _ in range(5)} == {freeman_halton(GRADES)}


def test_empty_levels_change_nothing() -> None:
    with_empty = [[*row[:2], 0, *row[2:]] for row in GRADES]

    assert distribution_test(with_empty) == distribution_test(GRADES)


@pytest.mark.parametrize("table", [[[3, 0], [4, 0]], [[0, 0], [2, 5]], [[5, 6, 7]]])
def test_a_single_row_or_column_compares_nothing(table: Table) -> None:
    assert distribution_test(table) is None


@pytest.mark.parametrize("table", [[[1, -1], [2, 3]], [[0, 0], [0, 0]], []])
def test_distributions_refuse_what_is_no_table(table: Table) -> None:
    with pytest.raises(ValueError, match="a table has"):
        distribution_test(table)


def test_too_many_tables_are_refused_before_they_fill_the_memory() -> None:
    with pytest.raises(TooManyTablesError):
        freeman_halton([[40_000, 30_000, 20_000, 1], [40_000, 30_000, 20_000, 0]])


def _weight(table: Table) -> Fraction:
    return Fraction(1, prod(factorial(cell) for row in table for cell in row))


def _tables(rows: list[int], columns: list[int]) -> Iterator[Table]:
    if len(rows) == 1:
        yield [list(columns)]
        return
    for row in _rows(rows[0], columns):
        for rest in _tables(rows[1:], [c - k for c, k in zip(columns, row, strict=True)]):
            yield [row, *rest]


def _rows(total: int, limits: list[int]) -> Iterator[list[int]]:
    if len(limits) == 1:
        if total <= limits[0]:
            yield [total]
        return
    for first in range(min(total, limits[0]) + 1):
        for rest in _rows(total - first, limits[1:]):
            yield [first, *rest]
