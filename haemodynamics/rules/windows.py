"""Which readings belong to the window after an infusion, and which to the time before it.

The window begins at the protocol's anchor (onset in STROMA-CoV-2, Monsel 2022; "of infusion" in START) and ends the
criterion's hours after it; both ends are included. A baseline is strictly before the start of the infusion.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal

from haemodynamics.rules.readings import ObservedInfusion, Reading
from partial_dates import zone_of
from trials.rules.protocol import HaemodynamicPlan


@dataclass(frozen=True)
class Window:
    """From `opens_at` to `closes_at`, both included."""

    opens_at: datetime
    closes_at: datetime

    def holds(self, at: datetime) -> bool:
        """Whether the time is inside the window."""
        return self.opens_at <= at <= self.closes_at


def anchor_of(infusion: ObservedInfusion, plan: HaemodynamicPlan) -> datetime | None:
    """The time from which the plan counts, or `None` when it is not known to the minute."""
    if not infusion.is_exact:
        return None
    return infusion.started_at if plan.anchor == "infusion_start" else infusion.ended_at


def window_of(anchor: datetime, hours: Decimal) -> Window:
    """The window of so many hours after the anchor."""
    return Window(anchor, anchor + timedelta(hours=float(hours)))


def watched_span(anchor: datetime, plan: HaemodynamicPlan) -> Window:
    """From the first planned check to the last time that the plan watches.

    That is the end of the late window, of the longest criterion or of the last check, whichever is latest. A check may
    be early or late by twice its tolerance.
    """
    opens = [timedelta(minutes=check.minutes - 2 * check.tolerance_minutes) for check in plan.checks]
    closes = [timedelta(minutes=check.minutes + 2 * check.tolerance_minutes) for check in plan.checks]
    hours = [plan.window_hours, plan.late_window_hours, *(one.window_hours for one in plan.criteria)]
    longest = timedelta(hours=float(max(hours)))
    return Window(anchor + min(opens, default=timedelta(0)), anchor + max([longest, *closes]))


def known_until(until: datetime, *, withdrawn: date | None, zone: str | tzinfo) -> datetime:
    """The time to which a participant's course is known at `until`: a withdrawal ends it with its day in `zone`."""
    if withdrawn is None:
        return until
    return min(until, datetime.combine(withdrawn + timedelta(days=1), time(), zone_of(zone)))


def readings_before(readings: Iterable[Reading], infusion: ObservedInfusion) -> tuple[Reading, ...]:
    """Readings strictly before the start of the infusion, in order; none when the start is not exact."""
    start = infusion.started_at
    if start is None or not infusion.is_exact:
        return ()
    return _in_order(reading for reading in readings if reading.is_exact and reading.at < start)


def readings_within(readings: Iterable[Reading], window: Window) -> tuple[Reading, ...]:
    """Readings inside the window, in order; one whose time is not exact is left out."""
    return _in_order(reading for reading in readings if reading.is_exact and window.holds(reading.at))


def _in_order(readings: Iterable[Reading]) -> tuple[Reading, ...]:
    return tuple(sorted(readings, key=lambda reading: reading.at))
