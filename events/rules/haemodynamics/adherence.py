"""Which planned checks around an infusion were done, done early or late, missed, due, or still to come.

Planned minutes and tolerances are the protocol's. A reading belongs to the planned check it is nearest to (on a
tie the earlier one), so that one reading never does two checks.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from trials.rules.protocol import HaemodynamicPlan, PlannedCheck


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
    best: dict[int, datetime] = {}
    for moment in sorted(taken):
        check = min(planned, key=lambda item: abs(moment - _due(item, anchor)), default=None)
        if check is None or not _belongs(check, planned, anchor, moment):
            continue
        held = best.get(check.minutes)
        due = _due(check, anchor)
        if held is None or abs(moment - due) < abs(held - due):
            best[check.minutes] = moment
    return best


def _belongs(check: PlannedCheck, planned: list[PlannedCheck], anchor: datetime, moment: datetime) -> bool:
    """Not so far before the first or after the last check that it was not meant as one."""
    others = [abs(check.minutes - other.minutes) for other in planned if other.minutes != check.minutes]
    half_gap = timedelta(minutes=min(others, default=2 * check.tolerance_minutes) / 2)
    reach = max(half_gap, timedelta(minutes=check.tolerance_minutes))
    return abs(moment - _due(check, anchor)) <= reach


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
