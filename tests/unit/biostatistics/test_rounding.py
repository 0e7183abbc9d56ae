from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import numpy as np
import pytest

from biostatistics.rounding import (
    p_value_words,
    percent,
    percent_words,
    percents,
    probability_words,
    rounded_half_even,
    rounded_half_up,
    shown_percent,
)


@pytest.mark.parametrize(
    ("count", "denominator", "expected"),
    [
        (0, 21, 0.0),
        (21, 21, 100.0),
        (18, 21, 85.7),
        (15, 48, 31.3),  # 31.25: a tie goes up
        (3, 48, 6.3),  # 6.25
        (9, 48, 18.8),  # 18.75
        (1, 2000, 0.1),  # 0.05
        (1, 2001, 0.0),  # just below
        (0, 0, None),
    ],
)
def test_percent_is_half_up_from_the_integers(count: int, denominator: int, expected: float | None) -> None:
    assert percent(count, denominator) == expected


def test_percents_agree_with_decimal_arithmetic() -> None:
    pairs = [(x, n) for n in range(1, 120) for x in range(n + 1)]

    found = percents(np.array([x for x, _ in pairs]), np.array([n for _, n in pairs]))

    tenth = Decimal("0.1")
    expected = [float((Decimal(100 * x) / n).quantize(tenth, ROUND_HALF_UP)) for x, n in pairs]
    assert found.tolist() == expected
    assert found.tolist() == [percent(x, n) for x, n in pairs]


@pytest.mark.parametrize("text", ["0.125", "0.135", "-0.125", "-0.135", "2.5", "0.1249", "0.1251", "0"])
def test_rounding_agrees_with_decimal(text: str) -> None:
    value, cent = Decimal(text), Decimal("0.01")

    assert rounded_half_up(Fraction(value), 2) == value.quantize(cent, ROUND_HALF_UP)
    assert rounded_half_even(Fraction(value), 2) == value.quantize(cent, ROUND_HALF_EVEN)


@pytest.mark.parametrize(
    ("count", "denominator", "shown"),
    [
        (1999, 2000, "> 99.9"),
        (2000, 2000, 100.0),
        (1998, 2000, 99.9),
        (1, 3000, "< 0.1"),
        (1, 2000, 0.1),
        (0, 3000, 0.0),
        (0, 0, None),
    ],
)
def test_percent_is_0_or_100_only_of_nobody_and_everybody(
    count: int, denominator: int, shown: float | str | None
) -> None:
    assert shown_percent(percent(count, denominator), count, denominator) == shown


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.0, "0.0"), (1e-9, "< 0.1"), (0.05, "0.1"), (28.55, "28.6"), (99.95, "> 99.9"), (100.0, "100.0")],
)
def test_limit_in_percent_is_0_or_100_only_when_it_is_exactly_that(value: float, words: str) -> None:
    assert percent_words(value) == words


@pytest.mark.parametrize(
    ("p_value", "words"),
    [
        (0.0, "< 0.001"),
        (0.00099, "< 0.001"),
        (0.001, "0.001"),
        (0.2063, "0.206"),
        (0.4625, "0.463"),
        (1.0, "1.000"),
    ],
)
def test_p_value_has_three_decimals(p_value: float, words: str) -> None:
    assert p_value_words(p_value) == words


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (0.0, "0.000"),
        (1e-9, "< 0.001"),
        (0.0005, "0.001"),
        (0.0125, "0.013"),
        (0.9996, "> 0.999"),
        (1.0, "1.000"),
    ],
)
def test_a_probability_that_is_neither_0_nor_1_does_not_print_as_one(probability: float, words: str) -> None:
    assert probability_words(probability) == words
