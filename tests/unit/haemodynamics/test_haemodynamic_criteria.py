"""Criteria of several parts: a third vasopressor, hypoxaemia, signs, death and arrest within a day."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from haemodynamics.rules import Reading, Status, evaluate_plan
from tests.unit.haemodynamics.haemodynamic_evaluations import evaluate
from tests.unit.haemodynamics.haemodynamic_plans import (
    START,
    WEIGHT,
    at,
    make_infusion,
    make_plan,
    make_rate,
    make_rate_criterion,
    make_reading,
    make_respiratory_criterion,
    make_sign_criterion,
    norepinephrine,
)


@pytest.mark.parametrize(
    ("before", "after", "status"),
    [
        (("norepinephrine",), ("norepinephrine", "dopamine"), Status.NOT_MET),
        (("norepinephrine", "dopamine"), ("norepinephrine", "dopamine", "epinephrine"), Status.HIT),
        (
            ("norepinephrine", "dopamine", "epinephrine"),
            ("norepinephrine", "dopamine", "epinephrine"),
            Status.NOT_MET,
        ),
        ((), ("norepinephrine", "dopamine", "epinephrine", "vasopressin"), Status.HIT),
    ],
)
def test_third_vasopressor(before: tuple[str, ...], after: tuple[str, ...], status: Status) -> None:
    criterion = make_rate_criterion(
        kind="vasopressor_count", agent=None, operator=">=", value=Decimal(3), unit="agents"
    )

    result = evaluate(
        criterion,
        make_reading(-10, vasopressors=tuple(make_rate(agent, "1", salt="unknown") for agent in before)),
        make_reading(60, vasopressors=tuple(make_rate(agent, "1", salt="unknown") for agent in after)),
    )

    assert result.status is status


def breathing(minutes: float, fio2: str | None, peep: str | None, support: str = "invasive") -> Reading:
    return make_reading(
        minutes,
        fio2_fraction=None if fio2 is None else Decimal(fio2),
        peep_cmh2o=None if peep is None else Decimal(peep),
        respiratory_support=support,
    )


@pytest.mark.parametrize(
    ("combinator", "fio2", "peep", "status"),
    [
        ("all", "0.60", "15", Status.HIT),
        ("all", "0.599", "15", Status.NOT_MET),
        ("all", "0.60", "14.9", Status.NOT_MET),
        ("all", "0.60", None, Status.NOT_EVALUABLE),
        ("all", "0.50", None, Status.NOT_MET),
        ("all", None, None, Status.NOT_EVALUABLE),
        ("any", "0.60", "10", Status.HIT),
        ("any", "0.50", "15", Status.HIT),
        ("any", "0.50", "12", Status.NOT_MET),
        ("any", "0.60", None, Status.HIT),
        ("any", "0.50", None, Status.NOT_EVALUABLE),
    ],
)
def test_hypoxaemia_joins_its_parts(
    combinator: str, fio2: str | None, peep: str | None, status: Status
) -> None:
    criterion = make_respiratory_criterion(combinator)

    result = evaluate(criterion, breathing(-10, "0.40", "10"), breathing(60, fio2, peep))

    assert result.status is status


def test_half_met_and_half_unmeasured_spoils_not_met() -> None:
    result = evaluate(
        make_respiratory_criterion(),
        breathing(-10, "0.40", "10"),
        breathing(60, "0.80", None),
        breathing(90, "0.40", "10"),
    )

    assert result.status is Status.NOT_EVALUABLE


def test_branch_of_respiratory_support() -> None:
    criterion = make_respiratory_criterion(support=("invasive",))

    other = evaluate(criterion, breathing(-10, "0.40", "5"), breathing(60, "0.80", "10", "high_flow"))
    named = evaluate(criterion, breathing(-10, "0.40", "5"), breathing(60, "0.80", "10"))

    assert other.status is Status.NOT_EVALUABLE
    assert "invasive" in other.reason
    assert named.status is Status.HIT


@pytest.mark.parametrize("kind", ["rhythm", "other"])
@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"signs_seen": frozenset({"new_ventricular_arrhythmia"})}, Status.HIT),
        ({"signs_excluded": frozenset({"new_ventricular_arrhythmia"})}, Status.NOT_MET),
        ({"signs_seen": frozenset({"cardioversion"})}, Status.NOT_EVALUABLE),
        ({}, Status.NOT_EVALUABLE),
    ],
)
def test_signs(kind: str, fields: dict[str, Any], status: Status) -> None:
    criterion = make_sign_criterion(kind, "ventricular_tachycardia", "ventricular_fibrillation", "asystole")

    assert evaluate(criterion, make_reading(60, **fields)).status is status


DAY = 24 * 60


@pytest.mark.parametrize(
    ("died", "until", "status"),
    [
        ((0, 0), None, Status.HIT),
        ((DAY, DAY), None, Status.HIT),
        ((DAY + 1, DAY + 1), None, Status.NOT_MET),
        ((DAY - 600, DAY + 600), None, Status.NOT_EVALUABLE),
        (None, None, Status.NOT_EVALUABLE),
        (None, DAY - 1, Status.NOT_EVALUABLE),
        (None, DAY, Status.NOT_MET),
    ],
)
def test_death_within_a_day(died: tuple[int, int] | None, until: int | None, status: Status) -> None:
    infusion = make_infusion(
        observed_until=None if until is None else at(until),
        died_earliest=at(died[0]) if died else None,
        died_latest=at(died[1]) if died else None,
    )
    criterion = make_sign_criterion("outcome", "cardiac_arrest", "death", hours=24)

    result = evaluate(criterion, make_reading(60), infusion=infusion)

    assert result.status is status


@pytest.mark.parametrize(("minutes", "status"), [(DAY, Status.HIT), (DAY + 1, Status.NOT_MET)])
def test_arrest_within_a_day(minutes: int, status: Status) -> None:
    criterion = make_sign_criterion("outcome", "cardiac_arrest", "death", hours=24)
    infusion = make_infusion(observed_until=START + timedelta(days=28))

    result = evaluate(
        criterion, make_reading(minutes, signs_seen=frozenset({"cardiac_arrest"})), infusion=infusion
    )

    assert result.status is status


def test_result_keeps_what_it_was_judged_on() -> None:
    result = evaluate(
        make_rate_criterion(), norepinephrine(-10, "2"), norepinephrine(60, "0.66", unit="mg/h")
    )

    assert result.inputs["weight_kg"] == "70"
    assert result.inputs["readings"] == [{"at": at(60).isoformat(), "norepinephrine": "11"}]
    assert result.inputs["thresholds"][0]["operator"] == ">"
    assert (result.checks_planned, result.checks_seen) == (3, 1)


def test_every_criterion_of_the_plan_is_answered_in_its_order() -> None:
    plan = make_plan(make_rate_criterion(), make_respiratory_criterion())

    results = evaluate_plan((), make_infusion(), plan, WEIGHT)

    assert [result.criterion for result in results] == ["NOREPINEPHRINE", "HYPOXAEMIA"]
    assert {result.status for result in results} == {Status.NOT_EVALUABLE}
