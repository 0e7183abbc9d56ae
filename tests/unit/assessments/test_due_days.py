"""The due days: planned, begun, not recorded, of a participant in intensive care."""

from dataclasses import replace

import pytest

from assessments.rules import Stay, due_days, missing_days
from tests.unit.reports.snapshots import shipped_protocol

PLAN = shipped_protocol("stroma-cov-2").outcomes
AT_DAY_3 = Stay(recorded=frozenset({0, 1}), left_day=None, death_day=None, today=3)


def test_today_is_due_and_yesterday_is_missing() -> None:
    assert PLAN is not None
    assert due_days(PLAN, AT_DAY_3) == (2, 3)
    assert missing_days(PLAN, AT_DAY_3) == (2,)


@pytest.mark.parametrize(
    ("stay", "due"),
    [
        (replace(AT_DAY_3, today=-1), ()),
        (replace(AT_DAY_3, death_day=3), (2,)),
        (replace(AT_DAY_3, death_day=2), ()),
        (replace(AT_DAY_3, left_day=2), ()),
        (replace(AT_DAY_3, left_day=3), (2,)),
        (replace(AT_DAY_3, left_day=2, today=40), (28,)),
        (replace(AT_DAY_3, recorded=frozenset(range(29)), today=40), ()),
    ],
)
def test_nothing_is_asked_after_a_death_and_after_intensive_care_only_the_last_day(
    stay: Stay, due: tuple[int, ...]
) -> None:
    assert PLAN is not None
    assert due_days(PLAN, stay) == due
