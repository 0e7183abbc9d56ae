"""Refusals and warnings; zero is real."""

from decimal import Decimal
from typing import Any

import pytest

from haemodynamics.rules import judge_reading
from tests.unit.haemodynamics.haemodynamic_plans import make_plan, make_rate, make_reading

LIMITS = make_plan().plausibility


@pytest.mark.parametrize(
    ("variable", "value", "refused", "warned"),
    [
        ("heart_rate_bpm", None, False, False),
        ("heart_rate_bpm", "-1", True, True),
        ("heart_rate_bpm", "0", False, True),
        ("heart_rate_bpm", "29", False, True),
        ("heart_rate_bpm", "30", False, False),
        ("heart_rate_bpm", "200", False, False),
        ("heart_rate_bpm", "201", False, True),
        ("heart_rate_bpm", "300", False, True),
        ("heart_rate_bpm", "301", True, True),
        ("heart_rate_bpm", "NaN", True, False),
        ("map_mmhg", "0", False, True),
        ("spo2_percent", "0", False, True),
        ("spo2_percent", "100", False, False),
        ("spo2_percent", "100.1", True, True),
        ("fio2_fraction", "0.20", True, False),
        ("fio2_fraction", "0.21", False, False),
        ("fio2_fraction", "1.00", False, False),
        ("fio2_fraction", "1.01", True, False),
        ("temperature_c", "24.9", True, True),
        ("temperature_c", "25", False, True),
        ("temperature_c", "37", False, False),
    ],
)
def test_limits_of_one_variable(variable: str, value: str | None, refused: bool, warned: bool) -> None:
    reading = make_reading(0, **{variable: None if value is None else Decimal(value)})

    verdict = judge_reading(reading, LIMITS)

    assert bool(verdict.refusals) == refused
    assert bool(verdict.warnings) == warned


@pytest.mark.parametrize(
    ("value", "asks_percent"), [("20.9", False), ("21", True), ("60", True), ("100", True), ("100.1", False)]
)
def test_fio2_that_looks_like_percent_is_asked_about_and_never_converted(
    value: str, asks_percent: bool
) -> None:
    verdict = judge_reading(make_reading(0, fio2_fraction=Decimal(value)), LIMITS)

    (refusal,) = verdict.refusals
    assert refusal.field == "fio2_fraction"
    assert ("percent" in str(refusal)) == asks_percent


def test_refusal_names_field_value_unit_and_limits() -> None:
    verdict = judge_reading(make_reading(0, heart_rate_bpm=Decimal(301)), LIMITS)

    assert str(verdict.refusals[0]) == "heart_rate_bpm: 301 bpm is not possible; it lies between 0 and 300."


@pytest.mark.parametrize(
    ("dbp", "mean", "sbp", "refused"),
    [
        (60, 80, 120, False),
        (0, 0, 0, False),
        (60, 60, 60, False),
        (81, 80, 120, True),
        (60, 121, 120, True),
        (121, None, 120, True),
        (60, None, 120, False),
        (None, 121, 120, True),
        (None, None, None, False),
    ],
)
def test_pressures_stand_in_order(dbp: int | None, mean: int | None, sbp: int | None, refused: bool) -> None:
    names = {"dbp_mmhg": dbp, "map_mmhg": mean, "sbp_mmhg": sbp}
    fields: dict[str, Any] = {name: None if v is None else Decimal(v) for name, v in names.items()}

    verdict = judge_reading(make_reading(0, **fields), LIMITS)

    assert bool(verdict.refusals) == refused


@pytest.mark.parametrize(
    ("rate", "unit", "refused", "warned"),
    [
        ("-0.1", "ug/kg/min", True, True),
        ("0", "ug/kg/min", False, False),
        ("1", "ug/kg/min", False, False),
        ("1.001", "ug/kg/min", False, True),
        ("3", "ug/kg/min", False, True),
        ("3.001", "ug/kg/min", True, True),
        ("9000", "mg/h", False, False),
        ("1", "drops/min", True, False),
    ],
)
def test_vasopressor_rates(rate: str, unit: str, refused: bool, warned: bool) -> None:
    reading = make_reading(0, vasopressors=(make_rate("norepinephrine", rate, unit),))

    verdict = judge_reading(reading, LIMITS)

    assert bool(verdict.refusals) == refused
    assert bool(verdict.warnings) == warned


def test_agent_listed_twice_is_refused() -> None:
    lines = (make_rate("norepinephrine", "1"), make_rate("norepinephrine", "2"))

    verdict = judge_reading(make_reading(0, vasopressors=lines), LIMITS)

    assert "listed twice" in str(verdict.refusals[0])
