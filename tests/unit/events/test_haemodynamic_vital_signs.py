"""Criteria on blood pressure, heart rate and oxygen saturation: levels, changes from the baseline, duration."""

from decimal import Decimal
from typing import Any

import pytest

from haemodynamics.rules import Reading, Status
from tests.unit.haemodynamics.haemodynamic_evaluations import SIX_HOURS, evaluate
from tests.unit.haemodynamics.haemodynamic_plans import at, make_infusion, make_reading
from trials.rules.protocol import Criterion, CriterionPart

HIT, NOT_MET, NOT_EVALUABLE = Status.HIT, Status.NOT_MET, Status.NOT_EVALUABLE
UNITS = {
    "map_mmhg": "mmHg",
    "sbp_mmhg": "mmHg",
    "dbp_mmhg": "mmHg",
    "heart_rate_bpm": "bpm",
    "spo2_percent": "%",
}


def vital(variable: str, operator: str, value: str, semantics: str = "level", **fields: Any) -> Criterion:
    unit = "%" if semantics.endswith("percent") else UNITS[variable]
    part = CriterionPart(variable, operator, Decimal(value), unit, semantics)  # type: ignore[arg-type]
    shared = {"id": "VITAL", "label": "Vital", "kind": "vital_signs", "window_hours": Decimal(6)}
    return Criterion(**{**shared, "source": "test", "parts": (part,), "combinator": "all", **fields})


def read(minutes: float, variable: str, value: str | None) -> Reading:
    return make_reading(minutes, **{variable: None if value is None else Decimal(value)})


@pytest.mark.parametrize(
    ("variable", "operator", "limit", "value", "status"),
    [
        ("map_mmhg", "<", "65", "64", HIT),
        ("map_mmhg", "<", "65", "65", NOT_MET),
        ("map_mmhg", "<=", "65", "65", HIT),
        ("map_mmhg", "<", "65", "0", HIT),  # an arrest has a pressure of 0
        ("map_mmhg", "<", "65", None, NOT_EVALUABLE),
        ("sbp_mmhg", "<", "90", "89", HIT),
        ("sbp_mmhg", "<", "90", "90", NOT_MET),
        ("dbp_mmhg", ">", "110", "110", NOT_MET),
        ("dbp_mmhg", ">", "110", "111", HIT),
        ("heart_rate_bpm", ">=", "130", "129", NOT_MET),
        ("heart_rate_bpm", ">=", "130", "130", HIT),
        ("heart_rate_bpm", "<", "40", "0", HIT),
        ("spo2_percent", "<", "88", "88", NOT_MET),
        ("spo2_percent", "<", "88", "87.9", HIT),
    ],
)
def test_level_needs_no_baseline(
    variable: str, operator: str, limit: str, value: str | None, status: Status
) -> None:
    assert evaluate(vital(variable, operator, limit), read(60, variable, value)).status is status


@pytest.mark.parametrize(
    ("semantics", "operator", "limit", "before", "after", "status"),
    [
        ("decrease_percent", ">=", "20", "80", "65", NOT_MET),  # 18.75 %
        ("decrease_percent", ">=", "20", "80", "64", HIT),
        ("decrease_percent", ">", "20", "80", "64", NOT_MET),
        ("decrease_percent", ">=", "20", "80", "96", NOT_MET),
        ("decrease_percent", ">=", "20", None, "40", NOT_EVALUABLE),
        ("decrease_percent", ">=", "20", "0", "40", NOT_EVALUABLE),
        ("increase_percent", ">=", "20", "80", "95", NOT_MET),
        ("increase_percent", ">=", "20", "80", "96", HIT),
        ("decrease_of", ">=", "20", "80", "61", NOT_MET),
        ("decrease_of", ">=", "20", "80", "60", HIT),
        ("decrease_of", ">=", "20", None, "60", NOT_EVALUABLE),
        ("decrease_to", "<", "65", "80", "64", HIT),
        ("decrease_to", "<", "65", "64", "64", NOT_MET),
        ("decrease_to", "<", "65", "60", "64", NOT_MET),
        ("decrease_to", "<", "65", None, "64", NOT_EVALUABLE),
        ("decrease_to", "<", "65", None, "65", NOT_MET),
    ],
)
def test_change_from_the_baseline(
    semantics: str, operator: str, limit: str, before: str | None, after: str, status: Status
) -> None:
    criterion = vital("map_mmhg", operator, limit, semantics)

    result = evaluate(criterion, read(-10, "map_mmhg", before), read(60, "map_mmhg", after))

    assert result.status is status


def course(*values: tuple[float, str | None]) -> list[Reading]:
    return [read(minutes, "map_mmhg", value) for minutes, value in values]


@pytest.mark.parametrize(
    ("values", "status", "met_at"),
    [
        (((10, "70"), (20, "60"), (35, "60"), (50, "70")), HIT, 35),
        (
            ((10, "70"), (20, "60"), (34, "60"), (40, "70")),
            NOT_EVALUABLE,
            None,
        ),  # 10 to 40 leaves 15 min open
        (((19, "70"), (20, "60"), (30, "60"), (34, "70")), NOT_MET, None),  # shorter than 15 min in any case
        (((19, "70"), (20, "60"), (33, "60"), (34, "70")), NOT_MET, None),
        (
            ((19, "70"), (20, "60"), (33, "60"), (35, "70")),
            NOT_EVALUABLE,
            None,
        ),  # 19 to 35: 15 min are possible
        (((10, "70"), (20, "60"), (28, "66"), (36, "60"), (37, "70")), NOT_EVALUABLE, None),
        (((19, "70"), (20, "60"), (28, "66"), (36, "60"), (40, "70")), NOT_MET, None),
        (((10, "70"), (20, "60"), (28, None), (36, "60"), (40, "70")), HIT, 36),  # nothing measured at 28
        (((10, "70"), (20, "60"), (90, "70")), NOT_EVALUABLE, None),  # one reading in 80 min
        (((10, "70"), (20, "60"), (25, "60"), (36, "60")), HIT, 36),
        (((10, "70"), (SIX_HOURS - 15, "60"), (SIX_HOURS, "60")), HIT, SIX_HOURS),
        (((SIX_HOURS - 15, "70"), (SIX_HOURS - 10, "60"), (SIX_HOURS + 10, "60")), NOT_MET, None),
        (((SIX_HOURS - 16, "70"), (SIX_HOURS - 10, "60"), (SIX_HOURS + 10, "60")), NOT_EVALUABLE, None),
        (((0, "60"), (15, "60"), (16, "70")), HIT, 15),
        (((5, "60"), (15, "70")), NOT_MET, None),
        (((5, "60"), (16, "70")), NOT_EVALUABLE, None),
        (((10, "70"), (60, "70")), NOT_MET, None),
        ((), NOT_EVALUABLE, None),
    ],
)
def test_limit_passed_for_a_quarter_of_an_hour(
    values: tuple[tuple[float, str | None], ...], status: Status, met_at: int | None
) -> None:
    result = evaluate(vital("map_mmhg", "<", "65", sustained_minutes=15), *course(*values))

    assert result.status is status
    assert result.first_hit_at == (None if met_at is None else at(met_at))
    assert result.is_undecided is (status is NOT_EVALUABLE and bool(values))


def test_sustained_criterion_says_how_long_and_what_is_open() -> None:
    result = evaluate(
        vital("map_mmhg", "<", "65", sustained_minutes=15), *course((10, "70"), (20, "60"), (90, "70"))
    )

    assert result.inputs["sustained_minutes"] == 15
    assert "whether for 15 min" in result.reason


def test_unknown_baseline_in_a_long_fall_is_not_evaluable() -> None:
    criterion = vital("map_mmhg", ">=", "20", "decrease_percent", sustained_minutes=15)

    result = evaluate(criterion, *course((10, "60"), (30, "60")))

    assert result.status is NOT_EVALUABLE
    assert "no baseline" in result.reason


def test_two_parts_of_one_reading_are_joined() -> None:
    parts = (
        CriterionPart("map_mmhg", "<", Decimal(65), "mmHg", "level"),
        CriterionPart("heart_rate_bpm", ">", Decimal(120), "bpm", "level"),
    )
    both = vital("map_mmhg", "<", "65", parts=parts)
    either = vital("map_mmhg", "<", "65", parts=parts, combinator="any")
    reading = make_reading(60, map_mmhg=Decimal(60), heart_rate_bpm=Decimal(100))

    assert evaluate(both, reading).status is NOT_MET
    assert evaluate(either, reading).status is HIT


def test_window_cut_short_is_not_evaluable() -> None:
    infusion = make_infusion(observed_until=at(120))

    result = evaluate(vital("map_mmhg", "<", "65"), *course((60, "70")), infusion=infusion)

    assert result.status is NOT_EVALUABLE
