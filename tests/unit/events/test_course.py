"""The course of an event: order, worst grade, grade now, end, days at each grade, and how a change enters the series."""

from datetime import date
from typing import Any

import pytest

from events.choices import ObservationKind, Outcome
from events.rules.course import (
    CourseEdit,
    EventState,
    GradeDays,
    Observation,
    applied,
    days_at_grades,
    edits_of_change,
    opening_rows,
    series_in_order,
    summary_of_course,
)
from partial_dates import parse_partial

ZONE = "Europe/Paris"
TODAY = date(2020, 4, 30)


def series(*rows: tuple[Any, ...]) -> list[Observation]:
    """Rows as (date, grade[, outcome]): the first opens the event, one with an ending outcome ends it."""
    found = []
    for number, (written, grade, *rest) in enumerate(rows, start=1):
        outcome = rest[0] if rest else ""
        kind = ObservationKind.COURSE
        if number == 1:
            kind = ObservationKind.OPENING
        elif outcome in (Outcome.RECOVERED, Outcome.FATAL):
            kind = ObservationKind.END
        found.append(
            Observation(
                number=number,
                kind=kind,
                observed=parse_partial(written, ZONE) if written else None,
                grade=grade,
                outcome=outcome,
                known_on=date(2020, 4, 20),
            )
        )
    return found


def numbers(rows: Any) -> list[int]:
    return [row.number for row in series_in_order(rows)]


def days(*rows: tuple[Any, ...], until: date = TODAY) -> dict[int, Any]:
    found = days_at_grades(series(*rows), zone=ZONE, until=until)
    return {one.grade: one.fewest if one.is_certain else (one.fewest, one.most) for one in found}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("2020-04-06", 1), ("2020-04-08", 2), ("2020-04-10", 3)], [1, 2, 3]),
        ([("2020-04-06", 1), ("2020-04-10", 3), ("2020-04-08", 2)], [1, 3, 2]),
        ([("2020-04-06", 1), ("2020-04-10", 3), ("2020-04", 2)], [1, 2, 3]),
        ([("2020-04-06", 1), ("", 3), ("2020-04-08", 2)], [1, 2, 3]),
        ([("2020-04-06", 1), ("2020-04-12", None, Outcome.RECOVERED), ("", 3)], [1, 3, 2]),
        # y surely after x, z overlaps both: the order stays possible.
        ([("2020-04-01", 1), ("2020-05", 2), ("2020", 3), ("2020-04", 1)], [1, 4, 2, 3]),
    ],
)
def test_rows_stand_as_recorded_unless_their_dates_say_otherwise(rows: Any, expected: list[int]) -> None:
    assert numbers(series(*rows)) == expected


def test_four_grades_to_recovery() -> None:
    rows = series(
        ("2020-04-06", 1),
        ("2020-04-07", 2),
        ("2020-04-09", 3),
        ("2020-04-12", 4),
        ("2020-04-13", 2),
        ("2020-04-20", None, Outcome.RECOVERED),
    )

    found = summary_of_course(rows)

    assert (found.worst, found.present, found.outcome, found.is_over) == (4, 2, Outcome.RECOVERED, True)
    assert found.ended is not None
    assert found.ended.text == "2020-04-20"
    assert found.worsened is not None
    assert found.worsened.text == "2020-04-12"
    assert days_at_grades(rows, zone=ZONE, until=TODAY) == (
        GradeDays(1, 1, 1),
        GradeDays(2, 9, 9),
        GradeDays(3, 3, 3),
        GradeDays(4, 1, 1),
    )


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("2020-04-06", 2)], {2: (0, 24)}),
        ([("2020-04-06", 2), ("2020-04-10", None, Outcome.RECOVERED)], {2: (0, 4)}),
        ([("2020-04-06", 2), ("2020-04-08", 2)], {2: 24}),
        ([("2020-04-06", 1), ("2020-04-08", 3)], {1: 2, 3: 22}),
        ([("2020-04-06T03:40", 1), ("2020-04-06T23:00", 3)], {1: 0, 3: 24}),
        # A month: from the begin or the first to the thirtieth, but no later than the next row.
        ([("2020-04-06", 1), ("2020-04", 3), ("2020-04-12", 2)], {1: (0, 6), 2: 18, 3: (0, 6)}),
        ([("2020-04-06", 1), ("", 3), ("2020-04-12", None, Outcome.RECOVERED)], {1: (0, 6), 3: (0, 6)}),
        ([("2020-04-06", 1), ("", 3)], {1: (0, 14), 3: (10, 24)}),
        # Twice at grade 1: what is lost at one end is won at the other.
        ([("2020-04-06", 1), ("2020-04", 3), ("2020-04-12", 1)], {1: (18, 24), 3: (0, 6)}),
        ([("", 1), ("2020-04-08", 3)], {1: (0, None), 3: 22}),
        ([("2020-04-06", 3), ("2020-04-09", 5, Outcome.FATAL)], {3: 3, 5: 0}),
        ([("2020-04-06", None), ("2020-04-09", 5, Outcome.FATAL)], {5: 0}),
        ([("2020-04-06", None)], {}),
        ([("2020-04-06", None), ("2020-04-10", 2), ("2020-04-12", 1)], {1: 18, 2: 2}),
    ],
)
def test_days_at_grades_are_certain_or_bounds(rows: Any, expected: dict[int, Any]) -> None:
    assert days(*rows) == expected


def test_bounds_are_those_of_every_possible_date() -> None:
    """The second method: every day of the two unknown ones, in the order of the series."""
    rows = [("2020-04-03", 1), ("2020-04", 2), ("2020-04", 1), ("2020-04-20", 3)]
    found = days(*rows)

    first, last = date(2020, 4, 3), date(2020, 4, 20)
    possible = [(one, two) for one in range(first.day, last.day + 1) for two in range(one, last.day + 1)]
    at_one = [(one - first.day) + (last.day - two) for one, two in possible]
    at_two = [two - one for one, two in possible]
    assert found == {1: (min(at_one), max(at_one)), 2: (min(at_two), max(at_two)), 3: 10}


def test_what_does_not_rise_has_no_worsening() -> None:
    assert summary_of_course(series(("2020-04-06", 3), ("2020-04-08", 2), ("2020-04-09", 3))).worsened is None
    assert summary_of_course([]).worst is None


def opened(**state: Any) -> list[Observation]:
    return list(applied([], opening_rows(EventState(**state))))


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ({"onset": "2020-04-06", "grade": 2}, [("opening", 2, "")]),
        ({"grade": 3, "present_grade": 1}, [("opening", 3, ""), ("course", 1, "")]),
        ({"grade": 2, "outcome": "RECOVERING/RESOLVING"}, [("opening", 2, "RECOVERING/RESOLVING")]),
        (
            {"grade": 2, "outcome": "RECOVERED/RESOLVED", "ended": "2020-04-08"},
            [("opening", 2, ""), ("end", None, "RECOVERED/RESOLVED")],
        ),
        ({"grade": 5, "outcome": "FATAL"}, [("opening", None, ""), ("end", 5, "FATAL")]),
        ({}, [("opening", None, "")]),
    ],
)
def test_series_with_which_an_event_is_recorded(state: Any, expected: Any) -> None:
    assert [(row.kind, row.grade, row.outcome) for row in opened(**state)] == expected


CHANGES: list[tuple[dict[str, Any], dict[str, Any], bool]] = [
    ({"grade": 2}, {"grade": 3}, False),
    ({"grade": None}, {"grade": 3}, False),
    ({"grade": 3}, {"grade": 2}, True),
    ({"grade": 3}, {"grade": None}, True),
    ({"grade": 3}, {"grade": 3, "present_grade": 2}, False),
    ({"grade": 3, "present_grade": 2}, {"grade": 3, "present_grade": 1}, False),
    ({"grade": 3, "present_grade": 2}, {"grade": 3}, False),
    ({"grade": 3, "present_grade": 2}, {"grade": 4}, False),
    ({"grade": 2}, {"grade": 2, "outcome": "RECOVERED/RESOLVED", "ended": "2020-04-08"}, False),
    ({"grade": 2, "outcome": "RECOVERED/RESOLVED", "ended": "2020-04-08"}, {"grade": 2}, False),
    (
        {"grade": 2, "outcome": "RECOVERED/RESOLVED", "ended": "2020-04-08"},
        {"grade": 2, "outcome": "NOT RECOVERED/NOT RESOLVED"},
        False,
    ),
    (
        {"grade": 2, "outcome": "RECOVERING/RESOLVING"},
        {"grade": 2, "outcome": "NOT RECOVERED/NOT RESOLVED"},
        False,
    ),
    ({"grade": 3}, {"grade": 5, "outcome": "FATAL", "ended": "2020-04-08"}, False),
    ({"grade": 5, "outcome": "FATAL", "ended": "2020-04-08"}, {"grade": 3}, True),
    (
        {"grade": 5, "outcome": "FATAL", "ended": "2020-04-08"},
        {"grade": 4, "outcome": "RECOVERED/RESOLVED", "ended": "2020-04-08"},
        True,
    ),
    ({"grade": 2, "ended": "2020-04-08"}, {"grade": 2, "ended": "2020-04-08", "outcome": "UNKNOWN"}, False),
]


@pytest.mark.parametrize(("old", "new", "was_error"), CHANGES)
def test_a_change_of_the_event_leaves_a_series_that_says_the_same(
    old: dict[str, Any], new: dict[str, Any], was_error: bool
) -> None:
    before, after = EventState(**old), EventState(**new)
    rows = applied([], opening_rows(before))

    changed = applied(rows, edits_of_change(rows, before, after, was_error=was_error))

    found = summary_of_course(changed)
    assert (found.worst, found.present, found.outcome) == (after.grade, after.present_grade, after.outcome)
    assert found.is_over == after.has_end


def test_new_onset_moves_the_begin() -> None:
    rows = applied([], opening_rows(EventState(onset="2020-04-06", grade=2)))

    edits = edits_of_change(rows, EventState("2020-04-06", 2), EventState("2020-04-07", 2), was_error=False)

    assert edits == (CourseEdit(1, {"observed": "2020-04-07"}),)


def test_nothing_of_the_course_changed_is_no_edit() -> None:
    state = EventState("2020-04-06", 2)
    assert edits_of_change(applied([], opening_rows(state)), state, state, was_error=False) == ()
