"""The course of an event: its stored rows, or for one without any what its own fields say."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from events.choices import ObservationKind
from events.models import AdverseEvent, EventObservation
from events.rules.course import (
    DEATH_GRADE,
    CourseSummary,
    GradeDays,
    GradeStep,
    Observation,
    days_at_grades,
    grade_steps,
    series_in_order,
    summary_of_course,
)
from partial_dates import local_date


@dataclass(frozen=True)
class EventCourse:
    """The rows of an event's course in order, and the values derived from them.

    `stored`: the rows by number; empty where the event was recorded at its worst only.
    """

    rows: tuple[Observation, ...]
    stored: dict[int, EventObservation]
    summary: CourseSummary
    days: tuple[GradeDays, ...]
    steps: tuple[GradeStep, ...]
    until: date


def stored_rows(event: AdverseEvent) -> list[EventObservation]:
    """The standing rows of an event by number, each with the event itself (one query)."""
    rows = list(EventObservation.objects.standing().filter(event=event).order_by("number"))
    for row in rows:
        row.event = event
    return rows


def event_course(event: AdverseEvent, *, at: datetime) -> EventCourse:
    """The course of an event as it is known at `at` (one query; the participant and the site must be there)."""
    stored = stored_rows(event)
    rows = [row.as_observation() for row in stored] or list(_of_fields(event))
    zone = event.zone
    death = event.participant.death_moment()
    until = local_date(death.latest if death is not None else at, zone)
    return EventCourse(
        rows=series_in_order(rows),
        stored={row.number: row for row in stored},
        summary=summary_of_course(rows),
        days=days_at_grades(rows, zone=zone, until=until),
        steps=grade_steps(rows, zone=zone, until=until),
        until=until,
    )


def _of_fields(event: AdverseEvent) -> Iterable[Observation]:
    """The content of the event's own fields: a worst grade at an unknown time, the present grade, the end."""
    known_on = local_date(event.changed_at, event.zone)
    yield Observation(number=1, kind=ObservationKind.OPENING, observed=event.moments_of("onset"))
    graded = [grade for grade in (event.grade, event.present_grade) if grade is not None]
    for number, grade in enumerate(graded, start=2):
        if grade != DEATH_GRADE:
            yield Observation(number=number, grade=grade, known_on=known_on)
    state = event.course_state()
    if state.has_end:
        yield Observation(
            number=9,
            kind=ObservationKind.END,
            observed=event.moments_of("ended"),
            grade=DEATH_GRADE if event.grade == DEATH_GRADE else None,
            outcome=event.outcome,
            known_on=known_on,
        )
    elif event.outcome:
        yield Observation(number=9, outcome=event.outcome, known_on=known_on)
