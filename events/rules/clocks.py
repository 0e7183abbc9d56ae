"""Rules R9 and R11: the deadlines for reporting a serious event. Reports to authorities: `pharmacovigilance`.

Sources: Regulation (EU) 536/2014 Art. 41 (investigator to sponsor within 24 h of knowledge) and 42 (7 and 15
days), UK SI 2004/1031 reg. 34 (days begin with the day after awareness: due = awareness date + days), ICH E2A
III. Hours are elapsed hours, days are calendar days in the trial's zone with no roll-over at week-ends. The
numbers come from the protocol.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo

from partial_dates import local_date
from trials.rules.protocol import ReportingPlan

SAE_CLOCK = "sae"
SIGNATURE_CLOCK = "signature"
FOLLOW_UP_CLOCK = "follow_up"
SOON_PART = 0.25  # proposal: "soon" when at most a quarter of the time is left (6 h of 24 h)


class ClockState(StrEnum):
    """The state of a clock. An obligation met after its time stays visible as late."""

    NOT_STARTED = "not_started"
    RUNNING = "running"
    SOON = "soon"
    OVERDUE = "overdue"
    DONE = "done"
    DONE_LATE = "done_late"


@dataclass(frozen=True)
class Deadline:
    """An obligation: its start, from awareness, and its due time, which is included.

    Both are None when the clock has not started, because its start is not recorded.
    """

    id: str
    source: str
    started_at: datetime | None
    due_at: datetime | None


def sae_clock(aware_at: datetime | None, plan: ReportingPlan) -> Deadline:
    """Site to sponsor: `plan.sae_hours` after the site's awareness of a serious event."""
    return _in_hours(SAE_CLOCK, aware_at, plan.sae_hours, plan.source)


def signature_clock(aware_at: datetime | None, plan: ReportingPlan) -> Deadline:
    """The investigator's signature: `plan.signature_hours` after the site's awareness of a serious event."""
    return _in_hours(SIGNATURE_CLOCK, aware_at, plan.signature_hours, plan.source)


def follow_up_clock(last_seen_at: datetime | None, plan: ReportingPlan, zone: str | tzinfo) -> Deadline:
    """The next review of an open event: by the end of the day `plan.followup_days` after the last one."""
    due = None if last_seen_at is None else end_of_day_after(last_seen_at, plan.followup_days, zone)
    return Deadline(FOLLOW_UP_CLOCK, plan.source, last_seen_at, due)


def end_of_day_after(aware_at: datetime, days: int, zone: str | tzinfo) -> datetime:
    """The last instant of the day `days` after the day of awareness in `zone` (the day of awareness is day 0)."""
    day_after = local_date(aware_at, zone) + timedelta(days=days + 1)
    return _midnight(day_after, zone) - timedelta(microseconds=1)


def clock_state(deadline: Deadline, *, done_at: datetime | None, at: datetime) -> ClockState:
    """The state of an obligation at `at`: on time up to and including the due time, overdue after it."""
    if deadline.started_at is None or deadline.due_at is None:
        return ClockState.DONE if done_at is not None else ClockState.NOT_STARTED
    if done_at is not None and done_at <= at:
        return ClockState.DONE if done_at <= deadline.due_at else ClockState.DONE_LATE
    if at > deadline.due_at:
        return ClockState.OVERDUE
    left = deadline.due_at - at
    is_soon = left <= (deadline.due_at - deadline.started_at) * SOON_PART
    return ClockState.SOON if is_soon else ClockState.RUNNING


def is_causality_query_due(
    *, serious: bool | None, causality: str, aware_at: datetime | None, plan: ReportingPlan, at: datetime
) -> bool:
    """R11: whether a serious event without an assessed cause has become a query, when the 24 h are over.

    Without a recorded awareness the question is due at once: an unknown start must not hide it.
    """
    if serious is not True or causality:
        return False
    due_at = sae_clock(aware_at, plan).due_at
    return due_at is None or at >= due_at


def _in_hours(clock_id: str, aware_at: datetime | None, hours: int, source: str) -> Deadline:
    due_at = None if aware_at is None else aware_at.astimezone(UTC) + timedelta(hours=hours)
    return Deadline(clock_id, source, aware_at, due_at)


def _midnight(day: date, zone: str | tzinfo) -> datetime:
    wall = ZoneInfo(zone) if isinstance(zone, str) else zone
    return datetime.combine(day, time(), tzinfo=wall).astimezone(UTC)
