"""Study days of partly known moments, and whether they lie in a window of days."""

from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from enum import StrEnum

from partial_dates.moments import PartialMoment, zone_of


class WindowMembership(StrEnum):
    """Whether something lies in a window: with partial dates, unknown is an answer of its own."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class StudyDays:
    """The study days a moment can fall on, both included; one day when `earliest == latest`."""

    earliest: int
    latest: int

    @property
    def is_certain(self) -> bool:
        """Whether only one day is possible."""
        return self.earliest == self.latest


def local_date(at: datetime, zone: str | tzinfo) -> date:
    """The calendar day of an aware moment in `zone`; at the very ends of the calendar its own day."""
    try:
        return at.astimezone(zone_of(zone)).date()
    except OverflowError:
        return at.date()


def study_day(day0: date, moment: PartialMoment, zone: str | tzinfo) -> StudyDays:
    """The study days that `moment` can fall on; day 0 is the day of randomisation, the day before it is -1.

    Days are calendar days in the trial's zone, not spans of 24 h.
    """
    return StudyDays(
        (local_date(moment.earliest, zone) - day0).days,
        (local_date(moment.latest, zone) - day0).days,
    )


def in_window(days: StudyDays, first_day: int, last_day: int | None) -> WindowMembership:
    """Whether possible study days lie in a window, first and last day included; `None` = no last day."""
    last = days.latest if last_day is None else last_day
    if first_day <= days.earliest and days.latest <= last:
        return WindowMembership.INSIDE
    if days.latest < first_day or days.earliest > last:
        return WindowMembership.OUTSIDE
    return WindowMembership.UNDECIDED
