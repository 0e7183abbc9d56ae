"""The course of an event: its series of observations, what is derived from it, and how a change of the event enters it."""

from events.rules.course.changes import CourseEdit, EventState, applied, edits_of_change, opening_rows
from events.rules.course.days import GradeDays, GradeStep, days_at_grades, grade_steps
from events.rules.course.series import (
    DEATH_GRADE,
    ENDING,
    CourseSummary,
    Observation,
    series_in_order,
    summary_of_course,
)

__all__ = [
    "DEATH_GRADE",
    "ENDING",
    "CourseEdit",
    "CourseSummary",
    "EventState",
    "GradeDays",
    "GradeStep",
    "Observation",
    "applied",
    "days_at_grades",
    "edits_of_change",
    "grade_steps",
    "opening_rows",
    "series_in_order",
    "summary_of_course",
]
