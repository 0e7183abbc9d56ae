"""Whether the dates of one participant can have happened in that order.

Screening, then enrolment, then completion or withdrawal; death last. Days are calendar days in the trial's
zone; a partly known date of death is refused only when no completion of it fits.
"""

from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from trials.rules.dates import PartialMoment, local_date
from trials.rules.refusals import Refusal, gettext_noop


@dataclass(frozen=True)
class ParticipantDates:
    """What is recorded of one participant; None = not recorded."""

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
        _later(dates.screened_date, dates.day0_date, "day0_date", "Day 0", "screened"),
        _later(dates.screened_date, enrolled, "enrolled_at", "Enrolled at", "screened"),
        _later(start, dates.withdrawn_date, "withdrawn_date", "Withdrawn on", "in the trial since"),
        _later(start, dates.completed_date, "completed_date", "Completed on", "in the trial since"),
        *_death_refusals(dates, start, zone),
    ]
    return tuple(refusal for refusal in found if refusal)


def _later(earlier: date | None, later: date | None, field: str, name: str, since: str) -> Refusal | None:
    if earlier is None or later is None or later >= earlier:
        return None
    message = gettext_noop("%(name)s: %(value)s is before %(since)s %(earlier)s.")
    return Refusal(field, message, {"name": name, "value": later, "since": since, "earlier": earlier})


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
