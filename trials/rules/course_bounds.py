"""Known dates of a participant's course that bound all other dates of the participant.

Nothing begins after the death, after the end of the day of withdrawal or completion, or after it was recorded. A
participant who was screened, enrolled, infused, withdrawn or completed was alive at that time. Days are days of the
trial's zone.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from partial_dates import Span, narrowed, zone_of


@dataclass(frozen=True, kw_only=True)
class CourseDates:
    """What is recorded of one participant; `None` = not recorded. Times are aware.

    `known_at` is the latest time at which this was on record: the cut-off of a report, or when the row was last
    changed. `died` is None where the death is recorded without any date; `infusions` are the starts of those given.
    """

    zone: str | tzinfo
    known_at: datetime | None
    screened_date: date | None = None
    enrolled_at: datetime | None = None
    withdrawn_date: date | None = None
    completed_date: date | None = None
    infusions: tuple[datetime, ...] = ()
    has_died: bool = False
    died: Span | None = None


def death_span(course: CourseDates) -> Span | None:
    """The span of a possible death: after the last time known to be alive, before it was on record."""
    if not course.has_died:
        return None
    days = (course.screened_date, course.withdrawn_date, course.completed_date)
    alive = [start_of_day(day, course.zone) for day in days]
    return narrowed(
        course.died, not_before=[*alive, course.enrolled_at, *course.infusions], not_after=[course.known_at]
    )


def latest_moments(course: CourseDates) -> tuple[datetime | None, datetime | None, datetime | None]:
    """The latest times at which anything of the participant can begin.

    These are the death and the end of the day of withdrawal or completion; None where not recorded or not known.
    """
    death = death_span(course)
    return (
        None if death is None else death.latest,
        end_of_day(course.withdrawn_date, course.zone),
        end_of_day(course.completed_date, course.zone),
    )


def start_of_day(day: date | None, zone: str | tzinfo) -> datetime | None:
    """The first instant of a day in the zone."""
    return None if day is None else datetime(day.year, day.month, day.day, tzinfo=zone_of(zone))


def end_of_day(day: date | None, zone: str | tzinfo) -> datetime | None:
    """The last microsecond of a day in the zone."""
    after = start_of_day(day and day + timedelta(days=1), zone)
    return after and after - timedelta(microseconds=1)
