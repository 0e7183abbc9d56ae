"""Criteria over the window of an infusion: boundaries, baselines, what is missing."""

from decimal import Decimal

import pytest

from haemodynamics.rules import ObservedInfusion, Reading, Status
from tests.unit.haemodynamics.haemodynamic_evaluations import SIX_HOURS, evaluate
from tests.unit.haemodynamics.haemodynamic_plans import (
    at,
    make_infusion,
    make_rate,
    make_rate_criterion,
    make_reading,
    norepinephrine,
)


@pytest.mark.parametrize(
    ("minutes", "status"),
    [
        (-1, Status.NOT_EVALUABLE),
        (0, Status.HIT),
        (1, Status.HIT),
        (SIX_HOURS - 1, Status.HIT),
        (SIX_HOURS, Status.HIT),
        (SIX_HOURS + 1 / 60, Status.NOT_EVALUABLE),
    ],
)
def test_window_includes_both_ends(minutes: float, status: Status) -> None:
    result = evaluate(make_rate_criterion(), norepinephrine(-30, "5"), norepinephrine(minutes, "11"))

    assert result.status is status


@pytest.mark.parametrize(
    ("operator", "rate", "status"),
    [
        (">", "9.999", Status.NOT_MET),
        (">", "10", Status.NOT_MET),
        (">", "10.001", Status.HIT),
        (">=", "9.999", Status.NOT_MET),
        (">=", "10", Status.HIT),
        (">=", "10.001", Status.HIT),
    ],
)
def test_threshold_just_below_at_and_above(operator: str, rate: str, status: Status) -> None:
    criterion = make_rate_criterion(operator=operator)

    result = evaluate(criterion, norepinephrine(-10, "2"), norepinephrine(60, rate))

    assert result.status is status


@pytest.mark.parametrize(
    ("semantics", "before", "after", "status"),
    [
        ("increase_to", "12", "12", Status.NOT_MET),
        ("increase_to", "12", "11", Status.NOT_MET),
        ("increase_to", "12", "12.1", Status.HIT),
        ("increase_of", "5", "15", Status.NOT_MET),
        ("increase_of", "5", "15.001", Status.HIT),
        ("increase_of", "5", "11", Status.NOT_MET),
        ("level", "12", "11", Status.HIT),
        ("level", "12", "10", Status.NOT_MET),
    ],
)
def test_semantics(semantics: str, before: str, after: str, status: Status) -> None:
    criterion = make_rate_criterion(semantics=semantics)

    result = evaluate(criterion, norepinephrine(-10, before), norepinephrine(60, after))

    assert result.status is status


def test_threshold_is_met_exactly_after_conversion() -> None:
    criterion = make_rate_criterion(operator=">=", semantics="increase_of")

    result = evaluate(
        criterion, norepinephrine(-10, "0.1", unit="mg/h"), norepinephrine(60, "0.7", unit="mg/h")
    )

    assert result.status is Status.HIT  # 0.6 mg/h is 10 µg/min, no more and no less


def test_tartrate_counts_half() -> None:
    result = evaluate(
        make_rate_criterion(),
        norepinephrine(-10, "2", salt="tartrate"),
        norepinephrine(60, "20", salt="tartrate"),
    )

    assert result.status is Status.NOT_MET


@pytest.mark.parametrize(
    ("readings", "needle"),
    [
        ((), "no reading"),
        ((norepinephrine(-10, "2"),), "no reading"),
        ((norepinephrine(-10, "2"), make_reading(60, map_mmhg=Decimal(70))), "not measured"),
        ((norepinephrine(60, "11"),), "no baseline"),
        ((make_reading(-5), norepinephrine(60, "11")), "no baseline"),
        ((norepinephrine(-10, "2"), norepinephrine(60, "11", salt="unknown")), "salt"),
        ((norepinephrine(-10, "12", salt="unknown"), norepinephrine(60, "11")), "salt"),
        (
            (norepinephrine(-10, "2"), norepinephrine(30, "3"), norepinephrine(60, "13", salt="unknown")),
            "salt",
        ),
    ],
)
def test_missing_or_incomparable_values_are_not_evaluable(readings: tuple[Reading, ...], needle: str) -> None:
    result = evaluate(make_rate_criterion(), *readings)

    assert result.status is Status.NOT_EVALUABLE
    assert needle in result.reason


def test_weight_that_is_missing_makes_a_weight_threshold_not_evaluable() -> None:
    criterion = make_rate_criterion(value=Decimal("0.1"), unit="ug/kg/min")

    result = evaluate(criterion, norepinephrine(-10, "0"), norepinephrine(60, "11"), weight=None)

    assert result.status is Status.NOT_EVALUABLE
    assert "weight" in result.reason


def test_level_never_reached_is_not_met_also_without_baseline() -> None:
    result = evaluate(make_rate_criterion(), norepinephrine(60, "3"))

    assert result.status is Status.NOT_MET


def test_hit_outweighs_an_unknown_beside_it() -> None:
    result = evaluate(
        make_rate_criterion(),
        norepinephrine(-10, "2"),
        norepinephrine(30, "9", salt="unknown"),
        norepinephrine(60, "11"),
    )

    assert result.status is Status.HIT
    assert result.first_hit_at == at(60)


def test_first_hit_is_the_earliest_whatever_the_order_of_entry() -> None:
    result = evaluate(
        make_rate_criterion(), norepinephrine(120, "12"), norepinephrine(60, "11"), norepinephrine(-1, "1")
    )

    assert result.first_hit_at == at(60)


def test_baseline_is_the_last_value_before_the_start() -> None:
    result = evaluate(
        make_rate_criterion(semantics="increase_of"),
        norepinephrine(-60, "0"),
        norepinephrine(-5, "8"),
        make_reading(-1, heart_rate_bpm=Decimal(80)),
        norepinephrine(30, "12"),
    )

    assert result.status is Status.NOT_MET
    assert [(b.variable, b.at, b.value) for b in result.baseline] == [("norepinephrine", at(-5), "8")]


def test_reading_at_the_start_is_in_the_window_and_no_baseline() -> None:
    result = evaluate(make_rate_criterion(), norepinephrine(0, "11"))

    assert result.status is Status.NOT_EVALUABLE
    assert "no baseline" in result.reason


def test_vasopressors_that_were_looked_for_and_not_running_are_zero() -> None:
    result = evaluate(
        make_rate_criterion(), make_reading(-10, vasopressors=()), make_reading(60, vasopressors=())
    )

    assert result.status is Status.NOT_MET


@pytest.mark.parametrize(
    "infusion",
    [make_infusion(is_exact=False), ObservedInfusion(started_at=None)],
    ids=["known to the day", "no start"],
)
def test_infusion_without_exact_start_is_not_evaluable(infusion: ObservedInfusion) -> None:
    result = evaluate(
        make_rate_criterion(), norepinephrine(-10, "2"), norepinephrine(60, "11"), infusion=infusion
    )

    assert result.status is Status.NOT_EVALUABLE
    assert "to the minute" in result.reason


def test_reading_known_to_the_day_is_left_out() -> None:
    vague = make_reading(60, is_exact=False, vasopressors=(make_rate("norepinephrine", "11"),))

    result = evaluate(make_rate_criterion(), norepinephrine(-10, "2"), vague)

    assert result.status is Status.NOT_EVALUABLE


def test_window_counts_from_the_end_when_the_plan_says_so() -> None:
    infusion = make_infusion(ended_at=at(60))
    readings = (norepinephrine(-10, "2"), norepinephrine(30, "11"), norepinephrine(60 + SIX_HOURS, "3"))

    during = evaluate(make_rate_criterion(), *readings, infusion=infusion, anchor="infusion_end")
    after = evaluate(
        make_rate_criterion(),
        *readings,
        norepinephrine(70, "11"),
        infusion=infusion,
        anchor="infusion_end",
    )
    endless = evaluate(make_rate_criterion(), *readings, anchor="infusion_end")

    assert (during.status, after.status) == (Status.NOT_MET, Status.HIT)
    assert endless.status is Status.NOT_EVALUABLE


@pytest.mark.parametrize(
    ("until", "status"),
    [(None, Status.NOT_MET), (359, Status.NOT_EVALUABLE), (360, Status.NOT_MET), (900, Status.NOT_MET)],
)
def test_window_that_is_not_over_is_not_evaluable(until: int | None, status: Status) -> None:
    infusion = make_infusion(observed_until=None if until is None else at(until))

    result = evaluate(
        make_rate_criterion(), norepinephrine(-10, "2"), norepinephrine(60, "3"), infusion=infusion
    )

    assert result.status is status
