"""Study days of partly known times, and whether they are inside a window of days."""

from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from enum import StrEnum

from partial_dates.moments import PartialMoment, zone_of


class WindowMembership(StrEnum):
    """Whether something is inside a window. With partial dates, "unknown" is a separate answer."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class StudyDays:
    """The study days on which a time can fall, both included; one day when `earliest == latest`."""

    earliest: int
    latest: int

    @property
    def is_certain(self) -> bool:
        """Whether only one day is possible."""
        return self.earliest == self.latest


def local_date(at: datetime, zone: str | tzinfo) -> date:
    """The calendar day of an aware time in `zone`.

    Where that day is outside the calendar, the day of `at` itself.
    """
    try:
        return at.astimezone(zone_of(zone)).date()
    except OverflowError:
        return at.date()


def study_day(day0: date, moment: PartialMoment, zone: str | tzinfo) -> StudyDays:
    """The study days on which `moment` can fall. Day 0 is the day of randomisation, the day before it is -1.

    Days are calendar days in the trial's zone, not spans of 24 h.
    """
    return StudyDays(
        (local_date(moment.earliest, zone) - day0).days,
        (local_date(moment.latest, zone) - day0).days,
    )


def in_window(days: StudyDays, first_day: int, last_day: int | None) -> WindowMembership:
    """Whether possible study days are inside a window, first and last day included; `None` = no last day."""
    last = days.latest if last_day is None else last_day
    if first_day <= days.earliest and days.latest <= last:
        return WindowMembership.INSIDE
    if days.latest < first_day or days.earliest > last:
        return WindowMembership.OUTSIDE
    return WindowMembership.UNDECIDED
