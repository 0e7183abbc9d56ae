"""What stands in for a missing ratio, and the days free of ventilation and organ failure."""

from dataclasses import replace
from decimal import Decimal

import pytest

from trials.rules.assessments import (
    AliveUntil,
    CourseFacts,
    DayOfCourse,
    Evaluated,
    filled_course,
    organ_failure_free_days,
    ventilator_free_days,
    vital_status,
)
from trials.rules.protocol import FreeDays, Imputation

PAPER = Imputation(Decimal(50), Decimal("1.10"), "the paper")
RULE = FreeDays(
    last_day=28,
    ventilated_by=("invasive",),
    reintubation="last_period",
    organs=("cardiovascular", "renal"),
    organ_failure_from=3,
    source="for a test",
)
ALIVE = AliveUntil(has_died=False, death_day=None, last_alive_day=28)
LOST = AliveUntil(has_died=False, death_day=None, last_alive_day=10)


def filled(**facts: object) -> list[tuple[float | None, str]]:
    """The course on days 0 to 7, as (value, origin)."""
    measured = {day: (value, False) for day, value in facts.pop("measured", {0: 120.0}).items()}  # type: ignore[attr-defined]
    course = filled_course(CourseFacts(measured=measured, **facts), days=range(8), rule=PAPER)  # type: ignore[arg-type]
    return [(one.value, str(one.origin)) for one in course]


def test_from_the_day_of_death_on_the_ratio_is_50() -> None:
    course = filled(measured={0: 120.0, 1: 110.0}, death_day=3)

    assert course[:3] == [(120.0, "measured"), (110.0, "measured"), (None, "missing")]
    assert course[3:] == [(50.0, "death")] * 5


def test_a_value_measured_on_the_day_of_death_stays() -> None:
    assert filled(measured={0: 120.0, 3: 80.0}, death_day=3)[3:5] == [(80.0, "measured"), (50.0, "death")]


def test_who_left_intensive_care_gets_the_last_value_and_a_tenth_once() -> None:
    course = filled(measured={0: 120.0, 4: 300.0}, left_day=5)

    assert [value for value, _ in course[5:]] == [pytest.approx(330.0)] * 3
    assert {origin for _, origin in course[5:]} == {"improved"}


def test_who_came_back_to_intensive_care_is_no_longer_improved() -> None:
    course = filled(measured={0: 200.0}, left_day=2, back_days=frozenset({5}))

    assert [origin for _, origin in course[2:]] == ["improved"] * 3 + ["missing"] * 3


def test_death_comes_before_improvement() -> None:
    assert filled(measured={0: 200.0}, left_day=2, death_day=6)[6] == (50.0, "death")


def test_no_sample_because_of_improvement_counts_for_its_own_day() -> None:
    course = filled(measured={0: 200.0}, improved_days=frozenset({3}))

    assert course[3] == (pytest.approx(220.0), "improved")
    assert course[4] == (None, "missing")


def test_without_any_value_before_there_is_nothing_to_raise() -> None:
    assert filled(measured={}, left_day=0) == [(None, "missing")] * 8


def test_what_is_missing_for_no_known_reason_stays_missing() -> None:
    assert filled(measured={0: 120.0})[1:] == [(None, "missing")] * 7


def test_a_ratio_that_the_source_gave_is_marked() -> None:
    (only,) = filled_course(CourseFacts(measured={0: (150.0, True)}), days=(0,), rule=PAPER)

    assert (only.value, only.origin) == (150.0, "given")


def days(supports: dict[int, str], **sofa: int | None) -> dict[int, DayOfCourse]:
    return {day: DayOfCourse(support, sofa, True) for day, support in supports.items()}


def supports(**spans: tuple[int, int]) -> dict[int, str]:
    """`invasive=(1, 10)` is ventilated on days 1 to 10."""
    return {day: name for name, (first, last) in spans.items() for day in range(first, last + 1)}


def free(course: dict[int, DayOfCourse], life: AliveUntil = ALIVE, left: int | None = None) -> Evaluated:
    return ventilator_free_days(course, life=life, left_day=left, rule=RULE)


def test_free_days_are_counted_after_the_last_ventilated_day() -> None:
    assert free(days(supports(invasive=(1, 10), oxygen=(11, 28)))) == Evaluated(18, 18, 18)


def test_ventilated_to_the_end_is_0_and_never_ventilated_is_28() -> None:
    assert free(days(supports(invasive=(1, 28)))).value == 0
    assert free(days(supports(high_flow=(1, 28)))).value == 28


def test_after_reintubation_only_the_last_period_counts_or_all_as_the_protocol_says() -> None:
    course = days(supports(invasive=(1, 5), oxygen=(6, 28)) | supports(invasive=(10, 12)))
    every = replace(RULE, reintubation="all_free_days")

    assert free(course).value == 16
    assert ventilator_free_days(course, life=ALIVE, left_day=None, rule=every).value == 20


@pytest.mark.parametrize(("death_day", "expected"), [(1, 0), (28, 0), (29, 18)])
def test_dead_by_day_28_is_0(death_day: int, expected: int) -> None:
    course = days(supports(invasive=(1, 10), oxygen=(11, 28)))

    assert free(course, AliveUntil(True, death_day, None)).value == expected


def test_an_unknown_day_leaves_limits_and_no_value() -> None:
    course = days(supports(invasive=(1, 10), oxygen=(11, 28)))
    del course[20]

    assert free(course) == Evaluated(None, 8, 18)


def test_who_was_lost_may_have_died() -> None:
    course = days(supports(invasive=(1, 10), oxygen=(11, 28)))

    assert free(course, LOST) == Evaluated(None, 0, 18)


def test_a_death_without_a_known_day_is_not_evaluable() -> None:
    course = days(supports(oxygen=(1, 28)))

    assert free(course, AliveUntil(True, None, 10)) == Evaluated(None, 0, 28)


def test_days_after_intensive_care_was_left_count_as_free_unless_somebody_came_back() -> None:
    course = days(supports(invasive=(1, 4), oxygen=(5, 6)))

    assert free(course, left=7).value == 24
    assert free(course | days({15: "invasive"}), left=7) == Evaluated(None, 0, 13)


def test_one_failing_organ_is_enough_and_every_organ_is_needed_to_say_none() -> None:
    failing = dict.fromkeys(range(1, 11), DayOfCourse("", {"cardiovascular": 3, "renal": None}, True))
    well = dict.fromkeys(range(11, 29), DayOfCourse("", {"cardiovascular": 2, "renal": 0}, True))
    half = {28: DayOfCourse("", {"cardiovascular": 2, "renal": None}, True)}

    found = organ_failure_free_days(failing | well, life=ALIVE, left_day=None, rule=RULE)
    partly = organ_failure_free_days(failing | well | half, life=ALIVE, left_day=None, rule=RULE)

    assert found == Evaluated(18, 18, 18)
    assert partly == Evaluated(None, 17, 18)


@pytest.mark.parametrize(
    ("life", "expected"),
    [
        (AliveUntil(True, 28, None), "dead"),
        (AliveUntil(True, 29, None), "alive"),
        (AliveUntil(True, None, 30), "alive"),
        (AliveUntil(True, None, 10), "unknown"),
        (AliveUntil(False, None, 28), "alive"),
        (AliveUntil(False, None, 27), "unknown"),
        (AliveUntil(False, None, None), "unknown"),
    ],
)
def test_an_unknown_vital_status_is_never_alive(life: AliveUntil, expected: str) -> None:
    assert vital_status(life, day=28) == expected
