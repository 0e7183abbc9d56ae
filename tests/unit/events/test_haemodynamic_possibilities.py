"""Criteria under every possibility: an unrecorded salt, weight or kind of support."""

from decimal import Decimal

import pytest

from haemodynamics.rules import Reading, Status
from tests.unit.haemodynamics.haemodynamic_evaluations import evaluate
from tests.unit.haemodynamics.haemodynamic_plans import (
    make_limit,
    make_plan,
    make_rate,
    make_rate_criterion,
    make_reading,
    make_respiratory_criterion,
    norepinephrine,
)

WITH_WEIGHT_LIMITS = {**make_plan().plausibility, "weight_kg": make_limit("kg", "30", "300")}
HIT, NOT_MET, NOT_EVALUABLE = Status.HIT, Status.NOT_MET, Status.NOT_EVALUABLE


def test_high_rate_of_an_unknown_salt_is_a_hit_as_base_and_as_tartrate() -> None:
    result = evaluate(
        make_rate_criterion(),
        norepinephrine(-10, "0.05", "ug/kg/min", "unknown"),
        norepinephrine(60, "0.4", "ug/kg/min", "unknown"),
    )

    assert result.status is HIT
    assert result.inputs["readings"][0]["norepinephrine"].startswith("14 to 28 (")


@pytest.mark.parametrize(
    ("rate", "status"),
    [
        ("9.9", NOT_MET),
        ("10", NOT_MET),
        ("10.001", NOT_EVALUABLE),
        ("20", NOT_EVALUABLE),
        ("20.002", HIT),
    ],
)
def test_unknown_salt_at_the_threshold_of_base_and_of_tartrate(rate: str, status: Status) -> None:
    result = evaluate(
        make_rate_criterion(), norepinephrine(-10, "1"), norepinephrine(60, rate, salt="unknown")
    )

    assert result.status is status
    assert result.is_undecided is (status is NOT_EVALUABLE)
    assert ("salt" in result.reason) is (status is NOT_EVALUABLE)


@pytest.mark.parametrize(
    ("before", "status"),
    [("5", HIT), ("10.9", HIT), ("11", NOT_EVALUABLE), ("21.9", NOT_EVALUABLE), ("22", NOT_MET)],
)
def test_unknown_salt_of_the_baseline(before: str, status: Status) -> None:
    result = evaluate(
        make_rate_criterion(), norepinephrine(-10, before, salt="unknown"), norepinephrine(60, "11")
    )

    assert result.status is status


@pytest.mark.parametrize(
    ("rate", "status"),
    [
        ("0.03", NOT_MET),  # 300 kg: 9 ug/min
        ("0.1", NOT_EVALUABLE),  # 30 kg: 3, 300 kg: 30
        ("0.333", NOT_EVALUABLE),  # 30 kg: 9.99
        ("0.334", HIT),  # 30 kg: 10.02
    ],
)
def test_missing_weight_is_every_plausible_weight(rate: str, status: Status) -> None:
    result = evaluate(
        make_rate_criterion(),
        norepinephrine(-10, "0", "ug/kg/min"),
        norepinephrine(60, rate, "ug/kg/min"),
        weight=None,
        plausibility=WITH_WEIGHT_LIMITS,
    )

    assert result.status is status
    assert ("weight" in result.reason) is (status is NOT_EVALUABLE)


def test_missing_weight_is_the_same_at_the_baseline_and_after() -> None:
    result = evaluate(
        make_rate_criterion(operator=">=", value=Decimal(0), semantics="increase_to"),
        norepinephrine(-10, "0.10", "ug/kg/min"),
        norepinephrine(60, "0.11", "ug/kg/min"),
        weight=None,
        plausibility=WITH_WEIGHT_LIMITS,
    )

    assert result.status is HIT  # 3 to 30, then 3.3 to 33: higher for every weight


def test_salt_and_weight_both_unknown_are_both_named() -> None:
    result = evaluate(
        make_rate_criterion(),
        norepinephrine(-10, "0"),
        norepinephrine(60, "0.2", "ug/kg/min", "unknown"),
        weight=None,
        plausibility=WITH_WEIGHT_LIMITS,
    )

    assert result.status is NOT_EVALUABLE
    assert "salt" in result.reason
    assert "weight" in result.reason


@pytest.mark.parametrize(("rate", "status"), [("10", NOT_MET), ("10.001", NOT_EVALUABLE)])
def test_agent_without_a_known_tartrate_is_at_most_its_mass(rate: str, status: Status) -> None:
    line = make_rate("dopamine", rate, "ug/kg/min", "unknown")

    result = evaluate(
        make_rate_criterion(agent="dopamine", unit="ug/kg/min"),
        make_reading(-10, vasopressors=()),
        make_reading(60, vasopressors=(line,)),
    )

    assert result.status is status


def breathing(minutes: float, fio2: str, peep: str, support: str | None) -> Reading:
    return make_reading(
        minutes, fio2_fraction=Decimal(fio2), peep_cmh2o=Decimal(peep), respiratory_support=support
    )


@pytest.mark.parametrize(
    ("support", "fio2", "status"),
    [
        ("invasive", "0.80", HIT),
        (None, "0.80", NOT_EVALUABLE),
        (None, "0.45", NOT_MET),
        ("high_flow", "0.80", NOT_EVALUABLE),
    ],
)
def test_support_that_was_not_recorded_is_not_another_support(
    support: str | None, fio2: str, status: Status
) -> None:
    criterion = make_respiratory_criterion(support=("invasive",))

    result = evaluate(criterion, breathing(-10, "0.40", "5", None), breathing(60, fio2, "10", support))

    assert result.status is status
    assert result.is_undecided is (support is None and status is NOT_EVALUABLE)
