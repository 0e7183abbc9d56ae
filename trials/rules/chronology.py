"""Whether the dates of one participant can have happened in that order.

Screening, then enrolment, then completion or withdrawal; death last. Days are calendar days in the trial's
zone; a partly known date of death is refused only when no completion of it fits.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from partial_dates import FIRST_YEAR, LAST_YEAR, PartialMoment, local_date
from partial_dates.refusals import Refusal, gettext_noop

TOO_EARLY = {
    "day0_date": gettext_noop("Day 0: %(value)s is before the screening on %(earlier)s."),
    "enrolled_at": gettext_noop("Enrolled at: %(value)s is before the screening on %(earlier)s."),
    "withdrawn_date": gettext_noop(
        "Withdrawn on: %(value)s is before the participant was in the trial, on %(earlier)s."
    ),
    "completed_date": gettext_noop(
        "Completed on: %(value)s is before the participant was in the trial, on %(earlier)s."
    ),
}


@dataclass(frozen=True)
class ParticipantDates:
    """The recorded dates of one participant; None = not recorded."""

    screened_date: date | None = None
    enrolled_at: datetime | None = None
    day0_date: date | None = None
    withdrawn_date: date | None = None
    completed_date: date | None = None
    died: PartialMoment | None = None


def chronology_refusals(dates: ParticipantDates, zone: str | tzinfo) -> tuple[Refusal, ...]:
    """Every pair of dates that cannot be in that order."""
    enrolled = local_date(dates.enrolled_at, zone) if dates.enrolled_at else None
    start = dates.day0_date or enrolled or dates.screened_date
    found = [
        _later("day0_date", dates.screened_date, dates.day0_date),
        _later("enrolled_at", dates.screened_date, enrolled),
        _later("withdrawn_date", start, dates.withdrawn_date),
        _later("completed_date", start, dates.completed_date),
        *_death_refusals(dates, start, zone),
    ]
    return tuple(refusal for refusal in found if refusal)


def year_refusals(values: Mapping[str, date | datetime | None]) -> tuple[Refusal, ...]:
    """Every date or moment, by field, whose year cannot belong to a running trial."""
    message = gettext_noop(
        "%(field)s: %(value)s is not possible; the year lies between %(first)s and %(last)s."
    )
    limits = {"first": FIRST_YEAR, "last": LAST_YEAR}
    return tuple(
        Refusal(field, message, {"field": field, "value": value, **limits})
        for field, value in values.items()
        if value is not None and not FIRST_YEAR <= value.year <= LAST_YEAR
    )


def _later(field: str, earlier: date | None, later: date | None) -> Refusal | None:
    if earlier is None or later is None or later >= earlier:
        return None
    return Refusal(field, TOO_EARLY[field], {"value": later, "earlier": earlier})


def _death_refusals(dates: ParticipantDates, start: date | None, zone: str | tzinfo) -> list[Refusal | None]:
    if dates.died is None:
        return []
    last = local_date(dates.died.latest, zone)
    found = []
    if start and last < start:
        message = gettext_noop("Died: %(value)s is before the participant was in the trial, on %(start)s.")
        found.append(Refusal("died", message, {"value": dates.died.text, "start": start}))
    for field, day in (("withdrawn_date", dates.withdrawn_date), ("completed_date", dates.completed_date)):
        if day and day > last:
            message = gettext_noop(
                "Died: %(value)s is before %(day)s, when withdrawal or completion is recorded."
            )
            found.append(Refusal("died", message, {"value": dates.died.text, "day": day, "of": field}))
    return [*found]
