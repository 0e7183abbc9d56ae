"""Criteria over the window of an infusion: boundaries, baselines, what is missing."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from events.rules.haemodynamics import (
    CriterionResult,
    ObservedInfusion,
    Reading,
    Status,
    evaluate_infusion,
    statuses_of_infusion,
)
from tests.unit.events.haemodynamic_plans import (
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
from trials.rules.protocol import Criterion

SIX_HOURS = 360


def evaluate(
    criterion: Criterion,
    *readings: Reading,
    infusion: ObservedInfusion | None = None,
    weight: Decimal | None = WEIGHT,
    **plan: Any,
) -> CriterionResult:
    given = (readings, infusion or make_infusion(), make_plan(criterion, **plan), weight)
    (result,) = evaluate_infusion(*given)
    assert statuses_of_infusion(*given) == ((result.criterion, result.status),)
    return result


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
        ((norepinephrine(-10, "2", salt="unknown"), norepinephrine(60, "11")), "salt"),
        (
            (norepinephrine(-10, "2"), norepinephrine(30, "3"), norepinephrine(60, "3", salt="unknown")),
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

    results = evaluate_infusion((), make_infusion(), plan, WEIGHT)

    assert [result.criterion for result in results] == ["NOREPINEPHRINE", "HYPOXAEMIA"]
    assert {result.status for result in results} == {Status.NOT_EVALUABLE}
