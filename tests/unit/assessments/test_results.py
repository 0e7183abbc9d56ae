"""The imputation of a missing ratio, and the days free of ventilation and organ failure."""

import random
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from assessments.rules import (
    ORIGINS,
    Courses,
    Evaluated,
    filled_courses,
    organ_failure_free_days,
    ventilator_free_days,
    vital_status,
)
from tests.unit.assessments.one_course import (
    SUPPORTS,
    Course,
    DayOfCourse,
    filled_on,
    free_days,
    has_failure,
    is_ventilated,
    status_on,
    table_of,
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
Free = tuple[int | None, int, int]


def every_filled(courses: Courses) -> list[list[tuple[float | None, str]]]:
    """Of each participant the course on days 0 to 7, as (value, origin)."""
    found = filled_courses(courses, days=range(8), rule=PAPER)
    return [
        [
            (None if np.isnan(value) else value, str(ORIGINS[origin]))
            for value, origin in zip(*one, strict=True)
        ]
        for one in zip(found.values.tolist(), found.origins.tolist(), strict=True)
    ]


def filled(**facts: Any) -> list[tuple[float | None, str]]:
    measured = {day: (value, False) for day, value in facts.pop("measured", {0: 120.0}).items()}
    back = {day: DayOfCourse(in_icu=True) for day in facts.pop("back_days", ())}
    return every_filled(table_of([Course(measured=measured, days=back, **facts)]))[0]


def as_tuples(found: Evaluated) -> list[Free]:
    values = [None if np.isnan(value) else int(value) for value in found.value.tolist()]
    return list(zip(values, found.low.tolist(), found.high.tolist(), strict=True))


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
    course = filled(measured={0: 200.0}, left_day=2, back_days={5})

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
    ((given, *_),) = every_filled(table_of([Course(measured={0: (150.0, True)})]))

    assert given == (150.0, "given")


def days(supports: dict[int, str], **sofa: int | None) -> dict[int, DayOfCourse]:
    return {day: DayOfCourse(support, sofa, True) for day, support in supports.items()}


def supports(**spans: tuple[int, int]) -> dict[int, str]:
    """`invasive=(1, 10)` is ventilated on days 1 to 10."""
    return {day: name for name, (first, last) in spans.items() for day in range(first, last + 1)}


def free(course: dict[int, DayOfCourse], rule: FreeDays = RULE, **life: int | None) -> Free:
    """The value, the lowest and the highest of a participant seen alive on day 28, unless given otherwise."""
    one = Course(days=course, **{"last_alive_day": 28, **life})  # type: ignore[arg-type]
    return as_tuples(ventilator_free_days(table_of([one]), rule))[0]


def free_of_failure(course: dict[int, DayOfCourse]) -> Free:
    one = Course(days=course, last_alive_day=28)
    return as_tuples(organ_failure_free_days(table_of([one]), RULE))[0]


def test_free_days_are_counted_after_the_last_ventilated_day() -> None:
    assert free(days(supports(invasive=(1, 10), oxygen=(11, 28)))) == (18, 18, 18)


def test_ventilated_to_the_end_is_0_and_never_ventilated_is_28() -> None:
    assert free(days(supports(invasive=(1, 28))))[0] == 0
    assert free(days(supports(high_flow=(1, 28))))[0] == 28


def test_after_reintubation_only_the_last_period_counts_or_all_as_the_protocol_says() -> None:
    course = days(supports(invasive=(1, 5), oxygen=(6, 28)) | supports(invasive=(10, 12)))
    every = replace(RULE, reintubation="all_free_days")

    assert free(course)[0] == 16
    assert free(course, every)[0] == 20


@pytest.mark.parametrize(("death_day", "expected"), [(1, 0), (28, 0), (29, 18)])
def test_dead_by_day_28_is_0(death_day: int, expected: int) -> None:
    course = days(supports(invasive=(1, 10), oxygen=(11, 28)))

    assert free(course, death_day=death_day, last_alive_day=None)[0] == expected


def test_an_unknown_day_leaves_limits_and_no_value() -> None:
    course = days(supports(invasive=(1, 10), oxygen=(11, 28)))
    del course[20]

    assert free(course) == (None, 8, 18)


def test_who_was_lost_may_have_died() -> None:
    course = days(supports(invasive=(1, 10), oxygen=(11, 28)))

    assert free(course, last_alive_day=10) == (None, 0, 18)


def test_a_death_without_a_known_day_is_not_evaluable() -> None:
    course = days(supports(oxygen=(1, 28)))

    assert free(course, last_alive_day=10) == (None, 0, 28)


def test_days_after_intensive_care_was_left_count_as_free_unless_somebody_came_back() -> None:
    course = days(supports(invasive=(1, 4), oxygen=(5, 6)))

    assert free(course, left_day=7)[0] == 24
    assert free(course | days({15: "invasive"}), left_day=7) == (None, 0, 13)


def test_one_failing_organ_is_enough_and_every_organ_is_needed_to_say_none() -> None:
    failing = dict.fromkeys(range(1, 11), DayOfCourse("", {"cardiovascular": 3, "renal": None}, True))
    well = dict.fromkeys(range(11, 29), DayOfCourse("", {"cardiovascular": 2, "renal": 0}, True))
    half = {28: DayOfCourse("", {"cardiovascular": 2, "renal": None}, True)}

    found = free_of_failure(failing | well)
    partly = free_of_failure(failing | well | half)

    assert found == (18, 18, 18)
    assert partly == (None, 17, 18)


@pytest.mark.parametrize(
    ("death_day", "last_alive_day", "expected"),
    [
        (28, None, "dead"),
        (29, None, "alive"),
        (None, 30, "alive"),
        (None, 10, "unknown"),
        (None, 28, "alive"),
        (None, 27, "unknown"),
        (None, None, "unknown"),
    ],
)
def test_an_unknown_vital_status_is_never_alive(
    death_day: int | None, last_alive_day: int | None, expected: str
) -> None:
    course = Course(death_day=death_day, last_alive_day=last_alive_day)

    assert statuses([course], 28) == [expected]


def statuses(courses: list[Course], day: int) -> list[str]:
    found = vital_status(table_of(courses), day=day)
    assert not (found.dead & found.alive).any()
    return [
        "dead" if dead else "alive" if alive else "unknown"
        for dead, alive in zip(found.dead.tolist(), found.alive.tolist(), strict=True)
    ]


def any_course(chance: random.Random) -> Course:
    """Days missing, organs missing, leaving and coming back, death and loss, in any combination."""

    def perhaps(day: int) -> int | None:
        return chance.choice([None, chance.randrange(day)])

    def points(gaps: float) -> int | None:
        return None if chance.random() < gaps else chance.randrange(5)

    gaps = chance.choice([0.0, 0.02, 0.5])
    is_assessed = [chance.random() >= gaps for _ in range(29)]
    days = {
        day: DayOfCourse(
            "" if chance.random() < gaps else chance.choice(SUPPORTS),
            {organ: points(gaps) for organ in RULE.organs},
            chance.choice([None, True, False, False]),
        )
        for day in range(29)
        if is_assessed[day]
    }
    measured = {day: (100.0 + day, chance.random() < 0.2) for day in range(8) if chance.random() < 0.4}
    return Course(
        measured=measured,
        days=days,
        improved_days=frozenset(day for day in range(8) if chance.random() < 0.1),
        death_day=chance.choice([None, None, perhaps(35)]),
        last_alive_day=chance.choice([28, perhaps(40)]),
        left_day=perhaps(30),
    )


def test_tables_of_courses_give_what_the_rules_say_of_each_course_day_by_day() -> None:
    chance = random.Random(1903)
    courses = [any_course(chance) for _ in range(1500)]
    every_day = replace(RULE, reintubation="all_free_days", ventilated_by=("invasive", "non_invasive"))
    table = table_of(courses)

    ratios = [[filled_on(one, day, PAPER) for day in range(8)] for one in courses]
    last_period = [free_days(one, RULE, is_ventilated, is_last_period=True) for one in courses]
    all_free = [free_days(one, every_day, is_ventilated, is_last_period=False) for one in courses]
    without_failure = [free_days(one, RULE, has_failure, is_last_period=False) for one in courses]

    assert every_filled(table) == ratios
    assert {origin for one in ratios for _, origin in one} == {str(origin) for origin in ORIGINS}
    assert as_tuples(ventilator_free_days(table, RULE)) == last_period
    assert as_tuples(ventilator_free_days(table, every_day)) == all_free
    assert as_tuples(organ_failure_free_days(table, RULE)) == without_failure
    assert statuses(courses, 28) == [status_on(one, 28) for one in courses]
    for found in (last_period, all_free, without_failure):
        assert len({value for value, _, _ in found}) > 8


def test_some_of_the_courses_are_those_courses() -> None:
    chance = random.Random(3)
    courses = [any_course(chance) for _ in range(20)]
    places = np.array([7, 2])

    some = table_of(courses).taken(places)

    assert len(some) == 2
    assert as_tuples(organ_failure_free_days(some, RULE)) == as_tuples(
        organ_failure_free_days(table_of([courses[7], courses[2]]), RULE)
    )
    with pytest.raises(IndexError, match="study day 29"):
        some.column(29)
