"""The possible times of taking a tube."""

from datetime import UTC, datetime, timedelta

import pytest

from immunology.rules.moments import EARLIEST, judge_moments

NOW = datetime(2020, 6, 1, tzinfo=UTC)
TICK = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("moment", "now", "refused"),
    [
        (None, NOW, False),
        (NOW - TICK, NOW, False),
        (NOW, NOW, False),
        (NOW + TICK, NOW, True),
        (NOW + TICK, None, False),
        (EARLIEST, NOW, False),
        (EARLIEST - TICK, NOW, True),
        (datetime(1, 1, 1, tzinfo=UTC), None, True),
    ],
)
def test_moment(moment: datetime | None, now: datetime | None, refused: bool) -> None:
    refusals = judge_moments({"collected_at": moment}, now=now)

    assert [refusal.field for refusal in refusals] == (["collected_at"] if refused else [])
