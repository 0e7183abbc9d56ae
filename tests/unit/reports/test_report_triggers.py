"""When reports besides the looks are due, and when a look that waits is mature."""

from datetime import UTC, date, datetime, timedelta

import pytest

from reports.rules.looks import due_looks, immature_looks, matures_at
from reports.rules.report_triggers import due_period, next_due, uncovered_death
from trials.rules.protocol import Schedule

MONTHLY = Schedule("monthly", "Monthly listing", 1, "06:00", "test")
PARIS = "Europe/Paris"
LONG_AGO = datetime(2019, 1, 1, tzinfo=UTC)
MAY = datetime(2020, 5, 1, 4, 0, tzinfo=UTC)  # 06:00 in Paris, in summer
JANUARY = datetime(2020, 1, 1, 5, 0, tzinfo=UTC)  # 06:00 in Paris, in winter
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("at", "period"),
    [
        (MAY - SECOND, "2020-04"),
        (MAY, "2020-05"),
        (MAY + timedelta(days=30), "2020-05"),
        (JANUARY - SECOND, "2019-12"),
        (JANUARY, "2020-01"),
    ],
)
def test_period_begins_with_its_moment_in_the_trials_zone(at: datetime, period: str) -> None:
    assert due_period(MONTHLY, at=at, since=LONG_AGO, zone=PARIS)[0] == period


@pytest.mark.parametrize(("since", "is_due"), [(MAY - SECOND, True), (MAY, True), (MAY + SECOND, False)])
def test_period_before_the_protocol_was_loaded_is_not_due(since: datetime, is_due: bool) -> None:
    found = due_period(MONTHLY, at=MAY + timedelta(days=1), since=since, zone=PARIS)

    assert found == (("2020-05", MAY) if is_due else None)


@pytest.mark.parametrize(
    ("at", "expected"),
    [(MAY - SECOND, MAY), (MAY, datetime(2020, 6, 1, 4, 0, tzinfo=UTC)),
     (datetime(2019, 12, 15, tzinfo=UTC), JANUARY)],
)  # fmt: skip
def test_next_moment_lies_after_now(at: datetime, expected: datetime) -> None:
    assert next_due(MONTHLY, at=at, zone=PARIS) == expected


REACHED = datetime(2020, 4, 10, 9, 0, tzinfo=UTC)
DAY_14_IS_OVER = datetime(2020, 4, 24, 22, 0, tzinfo=UTC)  # midnight in Paris after 24 April


@pytest.mark.parametrize(
    ("left_at", "expected"),
    [
        (None, DAY_14_IS_OVER),
        (datetime(2020, 4, 15, 8, 0, tzinfo=UTC), datetime(2020, 4, 15, 8, 0, tzinfo=UTC)),
        (DAY_14_IS_OVER + timedelta(days=1), DAY_14_IS_OVER),
        (REACHED - timedelta(days=1), REACHED),
    ],
)
def test_look_matures_when_the_day_is_over_or_its_participant_has_left(left_at, expected: datetime) -> None:
    found = matures_at(
        reached_at=REACHED, day0=date(2020, 4, 10), wait_for_day=14, left_at=left_at, zone=PARIS
    )

    assert found == expected


def test_look_entered_late_matures_when_it_was_entered() -> None:
    late = DAY_14_IS_OVER + timedelta(days=3)

    assert (
        matures_at(reached_at=late, day0=date(2020, 4, 10), wait_for_day=14, left_at=None, zone=PARIS) == late
    )


@pytest.mark.parametrize(("at", "waits"), [(MAY - SECOND, True), (MAY, False), (MAY + SECOND, False)])
def test_look_waits_until_the_moment_itself(at: datetime, waits: bool) -> None:
    assert (10 in immature_looks({10: MAY}, at=at)) is waits


@pytest.mark.parametrize(
    ("enrolled", "reported", "immature", "owed"),
    [
        (10, (), (10,), ()),
        (20, (), (20,), (10,)),
        (20, (10,), (20,), ()),
        (20, (), (), (10, 20)),
        (9, (), (10,), ()),
    ],
)
def test_look_that_waits_is_not_owed_and_holds_up_no_other(enrolled, reported, immature, owed) -> None:
    assert due_looks(enrolled, reported, (10, 20, 40), immature=immature) == owed


DEATHS = {7: MAY, 8: MAY + timedelta(days=2)}


@pytest.mark.parametrize(
    ("reported_up_to", "since", "participant"),
    [
        ([], LONG_AGO, 7),
        ([MAY - SECOND], LONG_AGO, 7),
        ([MAY], LONG_AGO, 8),
        ([MAY, MAY + timedelta(days=2)], LONG_AGO, None),
        ([], MAY + SECOND, 8),
        ([], MAY + timedelta(days=3), None),
    ],
)
def test_death_calls_for_a_report_unless_one_holds_it(reported_up_to, since, participant) -> None:
    assert uncovered_death(DEATHS, reported_up_to, since=since) == participant


def test_nobody_died() -> None:
    assert uncovered_death({}, [], since=LONG_AGO) is None
