"""States of an obligation at their boundaries, the ladder of reminders, receipts and numbers."""

from datetime import UTC, datetime, timedelta

import pytest

from pharmacovigilance.rules.case_numbers import worldwide_number
from pharmacovigilance.rules.obligation_states import Step, obligation_state, reminder_due
from pharmacovigilance.rules.receipts import (
    MinimumCriteria,
    changed_facts,
    day_0,
    is_downgrade,
    is_significant,
    is_upgrade,
)

DAY_0 = datetime(2026, 5, 1, tzinfo=UTC)
DUE = DAY_0 + timedelta(days=8)
TICK = timedelta(microseconds=1)


def state(at: datetime, *steps: tuple[str, datetime]) -> str:
    return obligation_state(day_0_at=DAY_0, due_at=DUE, steps=[Step(*step) for step in steps], at=at)


@pytest.mark.parametrize(
    ("at", "steps", "wanted"),
    [
        (DAY_0, [], "running"),
        (DAY_0 + timedelta(days=6) - TICK, [], "running"),
        (DAY_0 + timedelta(days=6), [], "soon"),
        (DUE, [], "soon"),
        (DUE + TICK, [], "overdue"),
        (DUE, [("sent", DUE)], "met"),
        (DUE + TICK, [("sent", DUE + TICK)], "met_late"),
        (DUE, [("handed", DUE)], "handed"),
        (DUE + timedelta(days=90), [("handed", DUE)], "handed"),
        (DUE + TICK, [("handed", DUE + TICK)], "handed_late"),
        (DAY_0, [("closed", DAY_0)], "closed"),
        (DUE + TICK, [("closed", DAY_0), ("sent", DAY_0)], "met"),
        (DAY_0, [("sent", DAY_0 + TICK)], "running"),
        (DUE + TICK, [("explained", DAY_0)], "overdue"),
        (DUE + TICK, [("sent", DAY_0), ("rejected", DAY_0 + TICK)], "overdue"),
        (DUE, [("sent", DAY_0), ("rejected", DAY_0 + TICK), ("sent", DUE)], "met"),
    ],
)
def test_state(at: datetime, steps: list[tuple[str, datetime]], wanted: str) -> None:
    assert state(at, *steps) == wanted


@pytest.mark.parametrize(
    ("before_due", "wanted"),
    [
        (timedelta(days=3) + TICK, ""),
        (timedelta(days=3), "3d"),
        (timedelta(days=1), "1d"),
        (timedelta(hours=6), "6h"),
        (timedelta(0), "6h"),
        (-TICK, "late-1"),
        (-timedelta(days=1), "late-2"),
    ],
)
def test_ladder_of_reminders(before_due: timedelta, wanted: str) -> None:
    assert reminder_due(day_0_at=DAY_0, due_at=DUE, at=DUE - before_due) == wanted


def test_a_clock_of_24_hours_is_not_reminded_before_it_runs() -> None:
    due = DAY_0 + timedelta(hours=24)

    assert reminder_due(day_0_at=DAY_0, due_at=due, at=DAY_0 + timedelta(hours=1)) == ""
    assert reminder_due(day_0_at=DAY_0, due_at=due, at=DAY_0 + timedelta(hours=18)) == "6h"


@pytest.mark.parametrize("missing", ["patient", "reporter", "event", "product", None])
def test_day_0_needs_all_four_criteria(missing: str | None) -> None:
    criteria = MinimumCriteria(**{n: n != missing for n in ("patient", "reporter", "event", "product")})

    assert day_0(None, DUE, criteria) == (None if missing else DUE)
    assert day_0(DAY_0, DUE, criteria) == DAY_0


def test_significant_changes() -> None:
    old = {"outcome": "RECOVERING/RESOLVING", "narrative": "a"}

    assert changed_facts(old, {"outcome": "FATAL", "narrative": "a"}) == ("outcome",)
    assert is_significant(("outcome",))
    assert not is_significant(("narrative",))


@pytest.mark.parametrize(
    ("before", "after", "up", "down"),
    [
        ({}, {"serious": True}, True, False),
        ({"serious": True}, {"serious": True, "life_threatening": True}, True, False),
        ({"serious": True}, {"serious": True, "outcome": "FATAL"}, True, False),
        ({"serious": True}, {"serious": False}, False, True),
        ({"serious": True}, {"serious": True, "voided": True}, False, True),
        ({"serious": True}, {"serious": True, "narrative": "b"}, False, False),
    ],
)
def test_upgrade_and_downgrade(before: dict, after: dict, up: bool, down: bool) -> None:
    assert (is_upgrade(before, after), is_downgrade(before, after)) == (up, down)


def test_worldwide_number_has_two_hyphens_and_no_more() -> None:
    assert worldwide_number(country="fr", organisation="AP-HP", trial_code="STROMA-COV-2", number=17) == (
        "FR-APHP-STROMACOV2.00017"
    )
    assert worldwide_number(country="FRA", organisation="", trial_code="T", number=1) == "XX-SPONSOR-T.00001"
