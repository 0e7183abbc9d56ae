"""Planned checks: done, early, late, missed, due, to come."""

import pytest

from haemodynamics.rules import CheckState, judge_checks
from tests.unit.haemodynamics.haemodynamic_plans import START, at, make_plan

LATER = at(10_000)


def states(*taken: float, now: float = 10_000) -> dict[int, CheckState]:
    checks = judge_checks(make_plan(), anchor=START, taken=[at(minutes) for minutes in taken], at=at(now))
    return {check.minutes: check.state for check in checks}


@pytest.mark.parametrize(
    ("taken", "state"),
    [
        (49, CheckState.EARLY),
        (50, CheckState.DONE),
        (60, CheckState.DONE),
        (70, CheckState.DONE),
        (71, CheckState.LATE),
        (90, CheckState.LATE),
        (91, CheckState.MISSED),
    ],
)
def test_one_reading_near_a_check(taken: float, state: CheckState) -> None:
    assert states(taken)[60] is state


@pytest.mark.parametrize(
    ("now", "state"),
    [(49, CheckState.UPCOMING), (50, CheckState.DUE), (70, CheckState.DUE), (71, CheckState.MISSED)],
)
def test_check_without_reading_by_the_clock(now: float, state: CheckState) -> None:
    assert states(now=now)[60] is state


def test_one_reading_does_one_check() -> None:
    assert list(states(90).values()).count(CheckState.MISSED) == 3


def test_nearest_of_several_readings_counts() -> None:
    checks = judge_checks(make_plan(), anchor=START, taken=[at(52), at(61), at(69)], at=LATER)

    assert next(check for check in checks if check.minutes == 60).done_at == at(61)


def test_reading_long_after_the_last_check_is_none() -> None:
    assert states(360 + 600)[360] is CheckState.MISSED


def test_plan_without_checks_has_none() -> None:
    assert judge_checks(make_plan(checks=()), anchor=START, taken=[at(1)], at=LATER) == ()
