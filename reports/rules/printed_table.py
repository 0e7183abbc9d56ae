"""Errors in a printed table of counts, percentages and p-values.

A percent is right when it equals 100·count/denominator rounded, half up or half even, to the decimals printed. A
p-value compares the arms within its label; it is right when a test in common use, rounded alike, gives it: chi-square
without correction, the exact test (Fisher; Freeman-Halton for more than two arms), and of two arms chi-square with
Yates's correction and Fisher's mid-p.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Literal

from biostatistics.contingency import (
    TooManyTablesError,
    chi_square,
    chi_square_of_yates,
    freeman_halton,
    mid_p_values,
    smallest_expected_count,
)
from biostatistics.rounding import rounded_half_even, rounded_half_up
from biostatistics.two_samples import EXPECTED_COUNT_FOR_CHI_SQUARE

TOTAL = "total"
TWO_ARMS = 2
"""The arm of a sum over the arms: its percent is checked, no p-value compares it."""

TEST_ACCURACY = Fraction(1, 10**9)
"""A computed p-value this near to a tie may be rounded either way: floating point decides no verdict."""

P_VALUE_DECIMALS = 4
"""Decimals of a computed p-value in the list, unless more are printed."""

Kind = Literal["percent", "p_value"]
CommonTest = Literal["chi_square", "chi_square_yates", "fisher", "freeman_halton", "mid_p"]


@dataclass(frozen=True)
class PrintedRow:
    """One line of the printed table; texts as printed, empty when not printed."""

    line: int
    label: str
    arm: str
    count: int
    denominator: int
    percent: str
    p_value: str


@dataclass(frozen=True)
class PrintedError:
    """An error. `arm` is None for a p-value, `computed` None when no value can be computed."""

    label: str
    arm: str | None
    kind: Kind
    printed: str
    computed: Decimal | None
    test: CommonTest | None = None


class PrintedTableError(ValueError):
    """The table cannot be read: one sentence with line, column, value and rule."""


@dataclass(frozen=True)
class _PrintedNumber:
    """A number as printed: `0.29`, or a bound such as `<0.001`; the decimals printed decide the rounding."""

    sign: Literal["", "<", ">"]
    value: Decimal
    decimals: int


def wrong_figures(rows: Sequence[PrintedRow]) -> tuple[PrintedError, ...]:
    """All errors, in the order of the lines.

    Raises PrintedTableError for an invalid number, a count above its denominator, a label that names an arm twice, and
    a p-value with fewer than two arms to compare.
    """
    _refuse_impossible(rows)
    wrong_percents = [finding for row in rows for finding in _wrong_percent(row)]
    wrong_p_values = [finding for label in _labels(rows) for finding in _wrong_p_values(rows, label)]
    order = {row.label: row.line for row in reversed(rows)}
    return tuple(sorted([*wrong_percents, *wrong_p_values], key=lambda found: order[found.label]))


def _labels(rows: Iterable[PrintedRow]) -> list[str]:
    return list(dict.fromkeys(row.label for row in rows))


def _refuse_impossible(rows: Sequence[PrintedRow]) -> None:
    seen: set[tuple[str, str]] = set()
    for row in rows:
        if row.count < 0:
            raise PrintedTableError(f"Line {row.line}, count: {row.count} is below 0.")
        if row.count > row.denominator:
            raise PrintedTableError(
                f"Line {row.line}, count: {row.count} is above the denominator {row.denominator}."
            )
        if (row.label, row.arm) in seen:
            raise PrintedTableError(
                f"Line {row.line}, arm: {row.arm!r} occurs twice in the label {row.label!r}."
            )
        seen.add((row.label, row.arm))


def _wrong_percent(row: PrintedRow) -> Iterator[PrintedError]:
    printed = _number(row.percent.removesuffix("%"), row.line, "percent", low=0, high=100)
    if printed is None:
        return
    if row.denominator == 0:
        yield PrintedError(row.label, row.arm, "percent", row.percent, None)
        return
    exact = Fraction(100 * row.count, row.denominator)
    if not _is_percent_right(printed, exact):
        yield PrintedError(
            row.label, row.arm, "percent", row.percent, rounded_half_up(exact, max(printed.decimals, 1))
        )


def _is_percent_right(printed: _PrintedNumber, exact: Fraction) -> bool:
    if printed.sign:
        return _is_bound_right(printed, exact)
    choices = (rounded_half_up(exact, printed.decimals), rounded_half_even(exact, printed.decimals))
    return printed.value in choices


def _is_bound_right(printed: _PrintedNumber, exact: Fraction) -> bool:
    return exact < Fraction(printed.value) if printed.sign == "<" else exact > Fraction(printed.value)


def _wrong_p_values(rows: Sequence[PrintedRow], label: str) -> Iterator[PrintedError]:
    """Each different p-value printed for the label is checked once."""
    own = [row for row in rows if row.label == label]
    texts = {row.p_value: row for row in reversed(own) if row.p_value}
    for text, row in reversed(texts.items()):
        printed = _number(text, row.line, "p_value", low=0, high=1)
        possible = _p_values(own, row)
        if printed is not None and not any(_is_p_right(printed, p) for _, p in possible):
            test, p_value = possible[0] if possible else (None, None)
            decimals = max(printed.decimals, P_VALUE_DECIMALS)
            computed = None if p_value is None else rounded_half_up(p_value, decimals)
            yield PrintedError(label, None, "p_value", text, computed, test)


def _p_values(own: Sequence[PrintedRow], at: PrintedRow) -> list[tuple[CommonTest, Fraction]]:
    """The possible tests with their p-values, the rule's own first; none where there is nothing to compare."""
    arms = [row for row in own if row.arm.casefold() != TOTAL]
    if len(arms) <= 1:
        raise PrintedTableError(
            f"Line {at.line}, p_value: {at.p_value} compares nothing, the label {at.label!r} has fewer than two arms."
        )
    table = [[row.count, row.denominator - row.count] for row in arms if row.denominator]
    if len(table) <= 1:
        return []
    if not all(map(sum, zip(*table, strict=True))):
        return [("fisher" if len(table) == TWO_ARMS else "freeman_halton", Fraction(1))]
    exact = _exact(table)
    asymptotic: list[tuple[CommonTest, Fraction]] = [("chi_square", Fraction(chi_square(table)))]
    by_chi_square = smallest_expected_count(table) >= EXPECTED_COUNT_FOR_CHI_SQUARE
    both = [*asymptotic, *exact] if by_chi_square else [*exact, *asymptotic]
    return both if len(table) > TWO_ARMS else [*both, *_of_two_arms(table)]


def _exact(table: list[list[int]]) -> list[tuple[CommonTest, Fraction]]:
    try:
        return [("fisher" if len(table) == TWO_ARMS else "freeman_halton", Fraction(freeman_halton(table)))]
    except TooManyTablesError:
        return []


def _of_two_arms(table: list[list[int]]) -> Iterator[tuple[CommonTest, Fraction]]:
    """The usual tests of two arms besides the rule's own."""
    yield "chi_square_yates", Fraction(chi_square_of_yates(table))
    for p_value in mid_p_values(table):
        yield "mid_p", Fraction(p_value)


def _is_p_right(printed: _PrintedNumber, p_value: Fraction) -> bool:
    if printed.sign:
        return _is_bound_right(printed, p_value)
    near = (p_value - TEST_ACCURACY, p_value, p_value + TEST_ACCURACY)
    rounders = (rounded_half_up, rounded_half_even)
    return any(printed.value == rounded(p, printed.decimals) for p in near for rounded in rounders)


def _number(text: str, line: int, column: str, *, low: int, high: int) -> _PrintedNumber | None:
    """The number as printed; None when the cell is empty."""
    bare = text.strip()
    if not bare:
        return None
    sign: Literal["", "<", ">"] = "<" if bare[0] == "<" else ">" if bare[0] == ">" else ""
    value = _decimal(bare.removeprefix(sign).strip())
    if value is None or not low <= value <= high:
        point = "; the decimal sign is a point" if "," in text else ""
        raise PrintedTableError(f"Line {line}, {column}: {text!r} is no number from {low} to {high}{point}.")
    return _PrintedNumber(sign, value, max(0, -int(value.as_tuple().exponent)))


def _decimal(text: str) -> Decimal | None:
    """A plain decimal numeral, with a point; no exponent, no comma, no sign."""
    if not text.replace(".", "", 1).isdecimal() or not text.isascii():
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
