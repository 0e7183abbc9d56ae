"""Whether a row of an event's course is possible: it has content, and its date fits the event.

Rules R1 (a grade that the term has), R2 (grade 5 with the outcome fatal) and R7 (order of times), as for the event
itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from events.choices import ObservationKind, Outcome
from events.rules.course import DEATH_GRADE, Observation
from events.rules.remarks import Remark
from partial_dates import PartialMoment, surely_before
from partial_dates.refusals import gettext_noop


@dataclass(frozen=True)
class ObservationContext:
    """The context of a row: onset and end of the event, death, the grades of the term (empty: all), the time."""

    onset: PartialMoment | None = None
    ended: PartialMoment | None = None
    death: PartialMoment | None = None
    grades: tuple[int, ...] = ()
    at: datetime | None = None


def check_observation(row: Observation, context: ObservationContext) -> tuple[Remark, ...]:
    """What refuses a row, one remark per reason."""
    return tuple(remark for check in _CHECKS for remark in check(row, context))


def _says_something(row: Observation, _: ObservationContext) -> Iterator[Remark]:
    if row.says_nothing and row.kind == ObservationKind.COURSE:
        message = gettext_noop(
            "Course: nothing is said; give a grade, an intervention, an outcome or a note."
        )
        yield Remark("R10", "course_row_empty", "grade", message)


def _grade_exists(row: Observation, context: ObservationContext) -> Iterator[Remark]:
    if row.grade is not None and context.grades and row.grade not in context.grades:
        message = gettext_noop("Grade: %(grade)s does not exist for this term; it has %(grades)s (R1).")
        params = {"grade": row.grade, "grades": ", ".join(str(grade) for grade in context.grades)}
        yield Remark("R1", "course_grade_not_available", "grade", message, params)


def _death_is_fatal(row: Observation, _: ObservationContext) -> Iterator[Remark]:
    if row.grade == DEATH_GRADE and row.outcome != Outcome.FATAL:
        message = gettext_noop("Outcome: grade 5 is death; then the outcome is FATAL (R2).")
        yield Remark("R2", "course_grade_5_not_fatal", "outcome", message)


def _within_the_event(row: Observation, context: ObservationContext) -> Iterator[Remark]:
    moment = row.observed
    if moment is None or row.kind == ObservationKind.OPENING:
        return
    if context.onset is not None and surely_before(moment, context.onset):
        message = gettext_noop("Since when: %(value)s is before onset (%(limit)s) (R7).")
        yield _beside("course_before_onset", message, moment, context.onset)
    is_course = row.kind == ObservationKind.COURSE
    if is_course and context.ended is not None and surely_before(context.ended, moment):
        message = gettext_noop(
            "Since when: %(value)s is after the end (%(limit)s); record what came back as a new event (R7)."
        )
        yield _beside("course_after_end", message, moment, context.ended)
    if context.death is not None and surely_before(context.death, moment):
        message = gettext_noop("Since when: %(value)s is after death (%(limit)s) (R7).")
        yield _beside("course_after_death", message, moment, context.death)


def _beside(code: str, message: str, moment: PartialMoment, limit: PartialMoment) -> Remark:
    return Remark("R7", code, "observed", message, {"value": moment.text, "limit": limit.text})


def _not_ahead(row: Observation, context: ObservationContext) -> Iterator[Remark]:
    if row.observed is not None and context.at is not None and row.observed.earliest > context.at:
        message = gettext_noop(
            "Since when: %(value)s lies in the future; only what has happened is recorded (R7)."
        )
        yield Remark("R7", "course_in_the_future", "observed", message, {"value": row.observed.text})


_CHECKS = (_says_something, _grade_exists, _death_is_fatal, _within_the_event, _not_ahead)
