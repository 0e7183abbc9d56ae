"""Rates of vasopressors: units, weight, salts."""

from decimal import Decimal
from fractions import Fraction

import pytest

from haemodynamics.rules import NumberRange
from haemodynamics.rules.reasons import text_of_reasons
from haemodynamics.rules.units import agents_running, convert_rate, rate_of
from tests.unit.haemodynamics.haemodynamic_plans import WEIGHT, make_rate


@pytest.mark.parametrize(
    ("rate", "unit", "to_unit", "expected"),
    [
        ("10", "ug/min", "ug/min", Fraction(10)),
        ("0.6", "mg/h", "ug/min", Fraction(10)),
        ("0.1", "ug/kg/min", "ug/min", Fraction(7)),
        ("7", "ug/min", "ug/kg/min", Fraction(1, 10)),
        ("10", "ug/min", "mg/h", Fraction(6, 10)),
        ("0", "mg/h", "ug/min", Fraction(0)),
    ],
)
def test_rate_is_converted_exactly(rate: str, unit: str, to_unit: str, expected: Fraction) -> None:
    converted = convert_rate(make_rate("norepinephrine", rate, unit), to_unit=to_unit, weights=(WEIGHT,))

    assert converted.value == expected


@pytest.mark.parametrize(
    ("unit", "to_unit", "expected"),
    [
        ("U/min", "U/h", Fraction(3)),
        ("U/h", "U/min", Fraction(5, 6000)),
        ("U/min", "U/min", Fraction(5, 100)),
    ],
)
def test_units_of_activity_are_converted_among_themselves(
    unit: str, to_unit: str, expected: Fraction
) -> None:
    converted = convert_rate(make_rate("vasopressin", "0.05", unit), to_unit=to_unit, weights=())

    assert converted.value == expected


@pytest.mark.parametrize(
    ("unit", "to_unit", "weight", "needle"),
    [
        ("ug/kg/min", "ug/min", None, "weight is not known"),
        ("ug/min", "ug/kg/min", None, "weight is not known"),
        ("U/h", "ug/min", WEIGHT, "cannot be expressed"),
        ("ug/min", "U/min", WEIGHT, "cannot be expressed"),
    ],
)
def test_rate_that_cannot_be_converted_says_why(
    unit: str, to_unit: str, weight: Decimal | None, needle: str
) -> None:
    converted = convert_rate(
        make_rate("norepinephrine", "1", unit), to_unit=to_unit, weights=() if weight is None else (weight,)
    )

    assert converted.value is None
    assert needle in text_of_reasons(converted.reasons)


@pytest.mark.parametrize(
    ("agent", "salt", "expected"),
    [
        ("norepinephrine", "base", NumberRange(Fraction(8), Fraction(8))),
        ("norepinephrine", "tartrate", NumberRange(Fraction(4), Fraction(4))),
        ("norepinephrine", "unknown", NumberRange(Fraction(4), Fraction(8))),
        ("epinephrine", "tartrate", NumberRange(Fraction(0), Fraction(8))),
        ("dopamine", "unknown", NumberRange(Fraction(0), Fraction(8))),
    ],
)
def test_rate_is_every_base_equivalent_that_its_salt_allows(
    agent: str, salt: str, expected: NumberRange
) -> None:
    converted = convert_rate(make_rate(agent, "8", salt=salt), to_unit="ug/min", weights=(WEIGHT,))

    assert converted.limits == expected
    assert bool(converted.reasons) is (expected.low != expected.high)


def test_rate_per_kg_spans_the_plausible_weights_and_names_what_is_unknown() -> None:
    line = make_rate("norepinephrine", "0.4", "ug/kg/min", "unknown")

    converted = convert_rate(line, to_unit="ug/min", weights=(Decimal(30), Decimal(300)))

    assert converted.limits == NumberRange(Fraction(6), Fraction(120))
    assert [reason.field for reason in converted.reasons] == ["salt", "weight_kg"]


def test_zero_of_an_unknown_salt_is_zero() -> None:
    converted = convert_rate(
        make_rate("norepinephrine", "0", "ug/kg/min", "unknown"), to_unit="ug/min", weights=()
    )

    assert converted.value == 0


def test_agent_without_a_line_runs_at_zero() -> None:
    lines = (make_rate("dopamine", "5", "ug/kg/min"),)

    assert rate_of(lines, agent="norepinephrine", to_unit="ug/min", weights=(WEIGHT,)).value == 0


def test_agents_running_counts_different_agents_above_zero() -> None:
    lines = (
        make_rate("norepinephrine", "5", salt="unknown"),
        make_rate("norepinephrine", "2"),
        make_rate("dopamine", "0"),
        make_rate("vasopressin", "0.01", "U/min"),
    )

    assert agents_running(lines) == 2
