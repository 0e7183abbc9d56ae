"""Which planned checks around an infusion were done, early, late, missed, due, or still to come.

Planned minutes and tolerances are the protocol's. A reading belongs to the nearest planned check (the earlier one on a
tie), so that one reading never counts for two checks.
"""

import math
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from trials.rules.protocol import HaemodynamicPlan, PlannedCheck

SECONDS_PER_MINUTE = 60


class CheckState(StrEnum):
    """The state of one planned check at a time."""

    DONE = "done"
    EARLY = "early"
    LATE = "late"
    MISSED = "missed"
    DUE = "due"
    UPCOMING = "upcoming"


@dataclass(frozen=True)
class Check:
    """One planned check: on time from `opens_at` to `closes_at`, both included; `done_at` is its reading."""

    minutes: int
    due_at: datetime
    opens_at: datetime
    closes_at: datetime
    state: CheckState
    done_at: datetime | None = None

    @property
    def deviation(self) -> timedelta | None:
        """How long after the planned time it was done (negative: before)."""
        return None if self.done_at is None else self.done_at - self.due_at


def judge_checks(
    plan: HaemodynamicPlan, *, anchor: datetime, taken: Iterable[datetime], at: datetime
) -> tuple[Check, ...]:
    """The plan's checks in order, with their states at `at`, from the times of the readings (aware)."""
    planned = sorted(plan.checks, key=lambda check: check.minutes)
    reached = _nearest(planned, anchor, taken)
    return tuple(_check(check, anchor, reached.get(check.minutes), at) for check in planned)


def _nearest(planned: list[PlannedCheck], anchor: datetime, taken: Iterable[datetime]) -> dict[int, datetime]:
    """For each planned minute the nearest reading, among those that are nearer to it than to any other check."""
    if not planned:
        return {}
    minutes = [check.minutes for check in planned]
    best: dict[int, tuple[float, datetime]] = {}
    for moment in sorted(taken):
        after = (moment - anchor).total_seconds() / SECONDS_PER_MINUTE
        place = _place_of(minutes, after)
        away = abs(after - minutes[place])
        if away <= _reach(planned, place) and away < best.get(minutes[place], (math.inf, moment))[0]:
            best[minutes[place]] = (away, moment)
    return {minute: moment for minute, (_, moment) in best.items()}


def _place_of(minutes: list[int], after: float) -> int:
    """The index of the nearest of the sorted minutes; of two equally near ones, the earlier."""
    place = bisect_left(minutes, after)
    neighbours = [index for index in (place - 1, place) if 0 <= index < len(minutes)]
    return min(neighbours, key=lambda index: abs(minutes[index] - after))


def _reach(planned: list[PlannedCheck], place: int) -> float:
    """The largest distance of a reading from its check.

    It is the tolerance, or half the distance to the nearest other check.
    """
    here = planned[place]
    neighbours = (planned[index] for index in (place - 1, place + 1) if 0 <= index < len(planned))
    gap = min((abs(here.minutes - other.minutes) for other in neighbours), default=0)
    return max(gap / 2, here.tolerance_minutes)


def _due(check: PlannedCheck, anchor: datetime) -> datetime:
    return anchor + timedelta(minutes=check.minutes)


def _check(check: PlannedCheck, anchor: datetime, done_at: datetime | None, at: datetime) -> Check:
    due = _due(check, anchor)
    tolerance = timedelta(minutes=check.tolerance_minutes)
    opens, closes = due - tolerance, due + tolerance
    return Check(check.minutes, due, opens, closes, _state(opens, closes, done_at, at), done_at)


def _state(opens: datetime, closes: datetime, done_at: datetime | None, at: datetime) -> CheckState:
    if done_at is not None:
        if done_at < opens:
            return CheckState.EARLY
        return CheckState.LATE if done_at > closes else CheckState.DONE
    if at < opens:
        return CheckState.UPCOMING
    return CheckState.DUE if at <= closes else CheckState.MISSED
