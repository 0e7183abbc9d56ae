"""Which planned checks around an infusion were done, done early or late, missed, due, or still to come.

Planned minutes and tolerances are the protocol's. A reading belongs to the planned check it is nearest to (on a
tie the earlier one), so that one reading never does two checks.
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
    """State of one planned check at a moment."""

    DONE = "done"
    EARLY = "early"
    LATE = "late"
    MISSED = "missed"
    DUE = "due"
    UPCOMING = "upcoming"


@dataclass(frozen=True)
class Check:
    """One planned check: in time from `opens_at` to `closes_at`, both included; `done_at` its reading."""

    minutes: int
    due_at: datetime
    opens_at: datetime
    closes_at: datetime
    state: CheckState
    done_at: datetime | None = None

    @property
    def deviation(self) -> timedelta | None:
        """How long after the planned moment it was done (negative: before)."""
        return None if self.done_at is None else self.done_at - self.due_at


def judge_checks(
    plan: HaemodynamicPlan, *, anchor: datetime, taken: Iterable[datetime], at: datetime
) -> tuple[Check, ...]:
    """The plan's checks in order, as they stand at `at`, given when readings were taken (aware)."""
    planned = sorted(plan.checks, key=lambda check: check.minutes)
    reached = _nearest(planned, anchor, taken)
    return tuple(_check(check, anchor, reached.get(check.minutes), at) for check in planned)


def _nearest(planned: list[PlannedCheck], anchor: datetime, taken: Iterable[datetime]) -> dict[int, datetime]:
    """For each planned minute the nearest of the readings that are nearer to it than to any other check."""
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
    """Where the nearest of the sorted minutes stands; of two equally near, the earlier."""
    place = bisect_left(minutes, after)
    neighbours = [index for index in (place - 1, place) if 0 <= index < len(minutes)]
    return min(neighbours, key=lambda index: abs(minutes[index] - after))


def _reach(planned: list[PlannedCheck], place: int) -> float:
    """How far a reading may be from a check to be meant as it: its tolerance, or half the way to the nearest other."""
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
