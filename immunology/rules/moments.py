"""The possible times of taking, receiving or testing a tube."""

from collections.abc import Mapping
from datetime import UTC, datetime

from partial_dates.refusals import Refusal, gettext_noop

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
"""No participant of a running trial was treated before: an earlier time is an error of entry."""


def judge_moments(moments: Mapping[str, datetime | None], *, now: datetime | None) -> tuple[Refusal, ...]:
    """Refusals by field: not before 1900, not after `now` (`None` where the clock is not available)."""
    return tuple(
        refusal
        for field, moment in moments.items()
        if moment is not None
        for refusal in _judge(field, moment, now)
    )


def _judge(field: str, moment: datetime, now: datetime | None) -> list[Refusal]:
    params = {"field": field, "value": moment}
    if moment < EARLIEST:
        return [Refusal(field, gettext_noop("%(field)s: %(value)s lies before 1900."), params)]
    if now is not None and moment > now:
        return [Refusal(field, gettext_noop("%(field)s: %(value)s lies in the future."), params)]
    return []
