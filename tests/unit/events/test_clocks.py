"""R9 and R11: due times in hours and calendar days, states at their boundaries."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from events.rules.clocks import (
    ClockState,
    clock_state,
    end_of_day_after,
    follow_up_clock,
    is_causality_query_due,
    sae_clock,
    signature_clock,
)
from tests.unit.events.event_facts import PLAN, ZONE

AWARE = datetime(2020, 4, 6, 1, 40, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_sae_and_signature_clocks_run_for_the_hours_of_the_protocol() -> None:
    assert sae_clock(AWARE, PLAN).due_at == AWARE + timedelta(hours=24)
    assert signature_clock(AWARE, PLAN).due_at == AWARE + timedelta(hours=24)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (AWARE, ClockState.RUNNING),
        (AWARE + timedelta(hours=18) - SECOND, ClockState.RUNNING),
        (AWARE + timedelta(hours=18), ClockState.SOON),
        (AWARE + timedelta(hours=24), ClockState.SOON),
        (AWARE + timedelta(hours=24) + SECOND, ClockState.OVERDUE),
    ],
)
def test_clock_state_by_time(at: datetime, expected: ClockState) -> None:
    assert clock_state(sae_clock(AWARE, PLAN), done_at=None, at=at) == expected


@pytest.mark.parametrize(
    ("hours", "expected"), [(1, ClockState.DONE), (24, ClockState.DONE), (24.001, ClockState.DONE_LATE)]
)
def test_clock_done_in_time_or_late(hours: float, expected: ClockState) -> None:
    done_at = AWARE + timedelta(hours=hours)

    assert clock_state(sae_clock(AWARE, PLAN), done_at=done_at, at=AWARE + timedelta(days=9)) == expected


def test_clock_done_this_moment_is_done_and_one_done_later_is_not_yet() -> None:
    clock = sae_clock(AWARE, PLAN)

    assert clock_state(clock, done_at=AWARE, at=AWARE) == ClockState.DONE
    assert clock_state(clock, done_at=AWARE + SECOND, at=AWARE) == ClockState.RUNNING


def test_clock_without_awareness_has_not_started() -> None:
    clock = sae_clock(None, PLAN)

    assert clock.due_at is None
    assert clock_state(clock, done_at=None, at=AWARE) == ClockState.NOT_STARTED
    assert clock_state(clock, done_at=AWARE, at=AWARE) == ClockState.DONE


@pytest.mark.parametrize(
    ("aware", "days", "due_day"),
    [
        (datetime(2020, 4, 6, 1, 40, tzinfo=UTC), 7, "2020-04-13"),
        (datetime(2020, 4, 6, 21, 59, tzinfo=UTC), 7, "2020-04-13"),
        (datetime(2020, 4, 6, 22, 1, tzinfo=UTC), 7, "2020-04-14"),
        (datetime(2020, 4, 4, 12, tzinfo=UTC), 15, "2020-04-19"),
        (datetime(2020, 10, 20, 12, tzinfo=UTC), 7, "2020-10-27"),
    ],
)
def test_days_are_calendar_days_of_the_trial_beginning_the_day_after(
    aware: datetime, days: int, due_day: str
) -> None:
    due = end_of_day_after(aware, days, ZONE).astimezone(ZoneInfo(ZONE))

    assert due.isoformat().startswith(f"{due_day}T23:59:59.999999")


def test_hours_are_elapsed_hours_also_in_the_zone_of_the_ward() -> None:
    """A time in a zone with summer time: adding hours to the local time adds wall time."""
    aware = datetime(2020, 3, 28, 12, tzinfo=ZoneInfo(ZONE))

    assert sae_clock(aware, PLAN).due_at == aware.astimezone(UTC) + timedelta(hours=24)


def test_follow_up_is_due_by_the_end_of_its_day() -> None:
    assert follow_up_clock(AWARE, PLAN, ZONE).due_at == end_of_day_after(AWARE, 8, ZONE)


@pytest.mark.parametrize(
    ("serious", "causality", "aware_at", "hours", "expected"),
    [
        (True, "", AWARE, 23.99, False),
        (True, "", AWARE, 24, True),
        (True, "POSSIBLE", AWARE, 48, False),
        (False, "", AWARE, 48, False),
        (None, "", AWARE, 48, False),
        (True, "", None, 0, True),
    ],
)
def test_missing_cause_of_a_serious_event_becomes_a_query(
    serious: bool | None, causality: str, aware_at: datetime | None, hours: float, expected: bool
) -> None:
    due = is_causality_query_due(
        serious=serious, causality=causality, aware_at=aware_at, plan=PLAN, at=AWARE + timedelta(hours=hours)
    )

    assert due is expected
