"""What is given out of the course of an adverse event over HTTP."""

from datetime import datetime
from typing import Any

from rest_framework import serializers

from events.models import AdverseEvent
from events.queries.course import EventCourse, event_course
from events.queries.sponsor_updates import updates_of


class ObservationShape(serializers.Serializer[Any]):
    """One row, in the order of the event. `observed` empty: unknown time.

    `version` null: not stored as a row yet.
    """

    number = serializers.IntegerField()
    kind = serializers.CharField()
    observed = serializers.CharField()
    grade = serializers.IntegerField(allow_null=True)
    intervention = serializers.CharField()
    outcome = serializers.CharField()
    note = serializers.CharField()
    recorded_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField(allow_null=True)


class GradeDaysShape(serializers.Serializer[Any]):
    """Days at one grade: the fewest and the most that the dates allow; `most` null has no bound."""

    grade = serializers.IntegerField()
    fewest = serializers.IntegerField()
    most = serializers.IntegerField(allow_null=True)


class SponsorUpdateShape(serializers.Serializer[Any]):
    """A worsening for the sponsor, since when it is known, and when the sponsor was informed."""

    news = serializers.CharField()
    event_version = serializers.IntegerField()
    known_at = serializers.DateTimeField()
    sponsor_informed_at = serializers.DateTimeField(allow_null=True)


class CourseShape(serializers.Serializer[Any]):
    """The series, and what follows from it. First and last day as exactly as known; empty is not known."""

    worst_grade = serializers.IntegerField(allow_null=True)
    present_grade = serializers.IntegerField(allow_null=True)
    outcome = serializers.CharField()
    first_day = serializers.CharField()
    last_day = serializers.CharField()
    days_at_grades = GradeDaysShape(many=True)
    rows = ObservationShape(many=True)
    sponsor_updates = SponsorUpdateShape(many=True)


def course_data(event: AdverseEvent, *, at: datetime) -> dict[str, Any]:
    """The course of an event as the API gives it (two queries)."""
    found = event_course(event, at=at)
    return dict(
        CourseShape(
            {
                "worst_grade": found.summary.worst,
                "present_grade": found.summary.present,
                "outcome": found.summary.outcome,
                "first_day": event.onset[:10],
                "last_day": event.ended[:10],
                "days_at_grades": found.days,
                "rows": _rows(found),
                "sponsor_updates": updates_of(event),
            }
        ).data
    )


def _rows(found: EventCourse) -> list[dict[str, Any]]:
    rows = []
    for row in found.rows:
        stored = found.stored.get(row.number)
        said = {
            name: getattr(row, name)
            for name in ("number", "kind", "grade", "intervention", "outcome", "note")
        }
        observed = row.observed.text if row.observed else ""
        kept = {"recorded_at": stored and stored.recorded_at, "version": stored and stored.version}
        rows.append({**said, "observed": observed, **kept})
    return rows
