"""Reports besides the looks: the month whose report is due, and the death without a report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from trials.rules.protocol import Schedule


def due_period(
    schedule: Schedule, *, at: datetime, since: datetime, zone: str
) -> tuple[str, datetime] | None:
    """The latest month (`2020-05`) whose report is due, and its due time; None before the first one.

    A month's report is due on `day_of_month` at `time` in the trial's zone, but not before `since`, when the protocol
    was loaded. A missed month is not made up: the next report includes its data.
    """
    local = at.astimezone(ZoneInfo(zone))
    moment = _moment(schedule, local.year, local.month, zone)
    if at < moment:
        year, month = (local.year, local.month - 1) if local.month > 1 else (local.year - 1, 12)
        moment = _moment(schedule, year, month, zone)
    if moment < since:
        return None
    return f"{moment:%Y-%m}", moment


def next_due(schedule: Schedule, *, at: datetime, zone: str) -> datetime:
    """The next time at which the schedule's report is due, after `at`."""
    local = at.astimezone(ZoneInfo(zone))
    moment = _moment(schedule, local.year, local.month, zone)
    if at < moment:
        return moment
    return _moment(schedule, local.year + local.month // 12, local.month % 12 + 1, zone)


def _moment(schedule: Schedule, year: int, month: int, zone: str) -> datetime:
    """The time within a month."""
    day = date(year, month, schedule.day_of_month)
    return datetime.combine(day, time.fromisoformat(schedule.time), tzinfo=ZoneInfo(zone))


def uncovered_death(
    deaths: Mapping[int, datetime], reported_up_to: Iterable[datetime], *, since: datetime
) -> int | None:
    """The participant whose death triggers a report: the first recorded death that no such report includes.

    `deaths` maps participants to the time at which their death was first recorded; a report triggered by a death
    includes every death recorded up to its cut-off. Deaths recorded before `since`, when the protocol with this rule
    was loaded, trigger none.
    """
    held_up_to = max(reported_up_to, default=None)
    waiting = [
        (moment, participant)
        for participant, moment in deaths.items()
        if moment >= since and (held_up_to is None or moment > held_up_to)
    ]
    return min(waiting)[1] if waiting else None
