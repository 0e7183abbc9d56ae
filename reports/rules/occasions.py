"""Reports besides the looks: which month's is due, and which death has none yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from trials.rules.protocol import Schedule


def due_period(
    schedule: Schedule, *, at: datetime, since: datetime, zone: str
) -> tuple[str, datetime] | None:
    """The latest month (`2020-05`) whose report is due, and the moment it fell due; None before the first one.

    A month's report is due on `day_of_month` at `time` in the trial's zone, and none that fell due before `since`, when
    the protocol was loaded. A month that was missed is not made up: the next report holds its data.
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
    """The next moment at which the schedule's report falls due, after `at`."""
    local = at.astimezone(ZoneInfo(zone))
    moment = _moment(schedule, local.year, local.month, zone)
    if at < moment:
        return moment
    return _moment(schedule, local.year + local.month // 12, local.month % 12 + 1, zone)


def _moment(schedule: Schedule, year: int, month: int, zone: str) -> datetime:
    """The moment within a month."""
    day = date(year, month, schedule.day_of_month)
    return datetime.combine(day, time.fromisoformat(schedule.time), tzinfo=ZoneInfo(zone))


def uncovered_death(
    deaths: Mapping[int, datetime], reported_up_to: Iterable[datetime], *, since: datetime
) -> int | None:
    """The participant whose death calls for a report: the first one recorded that no such report holds.

    `deaths` maps participants to the moment at which their death was first recorded; a report that was called for by a
    death holds every one recorded up to its cut-off. Deaths recorded before `since`, when the protocol that asks for
    these reports was loaded, call for none.
    """
    held_up_to = max(reported_up_to, default=None)
    waiting = [
        (moment, participant)
        for participant, moment in deaths.items()
        if moment >= since and (held_up_to is None or moment > held_up_to)
    ]
    return min(waiting)[1] if waiting else None
