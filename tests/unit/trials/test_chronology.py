"""The order in which one participant's dates can have happened."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from partial_dates import parse_partial
from trials.rules.chronology import ParticipantDates, chronology_refusals, year_refusals

PARIS = "Europe/Paris"
DAY0 = date(2020, 4, 6)
FULL: dict[str, Any] = {
    "screened_date": date(2020, 4, 5),
    "enrolled_at": datetime(2020, 4, 6, 9, 0, tzinfo=UTC),
    "day0_date": DAY0,
}


def refused(**changes: Any) -> list[str]:
    dates = ParticipantDates(**{**FULL, **changes})
    return [refusal.field for refusal in chronology_refusals(dates, PARIS)]


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({}, []),
        ({"screened_date": DAY0}, []),
        ({"screened_date": date(2020, 4, 7)}, ["day0_date", "enrolled_at"]),
        ({"screened_date": date(2020, 4, 7), "day0_date": None}, ["enrolled_at"]),
        ({"withdrawn_date": DAY0}, []),
        ({"withdrawn_date": date(2020, 4, 5)}, ["withdrawn_date"]),
        ({"completed_date": DAY0}, []),
        ({"completed_date": date(2020, 4, 5)}, ["completed_date"]),
        ({"day0_date": None, "completed_date": date(2020, 4, 5)}, ["completed_date"]),
        ({"day0_date": None, "enrolled_at": None, "withdrawn_date": date(2020, 4, 5)}, []),
        ({"day0_date": None, "enrolled_at": None, "withdrawn_date": date(2020, 4, 4)}, ["withdrawn_date"]),
    ],
)
def test_dates_follow_each_other(changes: dict[str, Any], fields: list[str]) -> None:
    assert refused(**changes) == fields


def test_nothing_recorded_is_no_contradiction() -> None:
    assert chronology_refusals(ParticipantDates(), PARIS) == ()


@pytest.mark.parametrize(
    ("died", "changes", "fields"),
    [
        ("2020-04-06", {}, []),
        ("2020-04-06T00:10", {}, []),
        ("2020-04-05", {}, ["died"]),
        ("2020-04-05T23:59", {}, ["died"]),
        ("2020-04", {}, []),
        ("2020-03", {}, ["died"]),
        ("2020", {}, []),
        ("2019", {}, ["died"]),
        ("2020-04-10", {"completed_date": date(2020, 4, 10)}, []),
        ("2020-04-10", {"completed_date": date(2020, 4, 11)}, ["died"]),
        ("2020-04-10", {"withdrawn_date": date(2020, 4, 11)}, ["died"]),
        ("2020-04", {"withdrawn_date": date(2020, 4, 11)}, []),
    ],
)
def test_death_is_last_and_refused_only_when_nothing_fits(
    died: str, changes: dict[str, Any], fields: list[str]
) -> None:
    assert refused(died=parse_partial(died, PARIS), **changes) == fields


def test_a_refusal_names_value_and_rule() -> None:
    dates = ParticipantDates(**{**FULL, "withdrawn_date": date(2020, 4, 5)})

    (refusal,) = chronology_refusals(dates, PARIS)

    assert (
        str(refusal) == "Withdrawn on: 2020-04-05 is before the participant was in the trial, on 2020-04-06."
    )


@pytest.mark.parametrize(
    ("value", "refused"),
    [
        (None, False),
        (date(1899, 12, 31), True),
        (date(1900, 1, 1), False),
        (date(2100, 12, 31), False),
        (date(2101, 1, 1), True),
        (datetime(1, 1, 1, tzinfo=UTC), True),
        (datetime(9999, 12, 31, 23, 59, tzinfo=UTC), True),
    ],
)
def test_years_that_cannot_be(value: date | None, refused: bool) -> None:
    assert [refusal.field for refusal in year_refusals({"enrolled_at": value})] == (
        ["enrolled_at"] if refused else []
    )
