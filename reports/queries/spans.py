"""When the participants of a report can have died, and when their events can have begun.

Everything is narrowed by everything that is on record at the cut-off, by the rules that pages and the API ask.
"""

from collections.abc import Mapping
from datetime import datetime

from events.rules.adverse_events import EventFacts, EventSpans, spans_of_event
from partial_dates import Span, narrowed
from reports.frames.writing import Row
from reports.queries.people import People
from trials.rules.course_bounds import CourseDates, death_span, latest_moments

Moments = tuple[datetime | None, ...]


def death_of(people: People, pk: int) -> Span | None:
    """The possible time of a participant's death; `None` when no death is recorded."""
    return death_span(_course(people, people.by_id[pk]))


def death_day(people: People, pk: int) -> int | None:
    """The study day of a death, when only one is possible."""
    death = death_of(people, pk)
    return None if death is None else people.certain_day(pk, death.earliest, death.latest)


def possible_death_days(people: People, pk: int) -> tuple[int | None, int | None]:
    """The first and the last possible study day of a death; None for the living, or without a day 0."""
    death = death_of(people, pk)
    if death is None:
        return None, None
    return people.study_day(pk, death.earliest), people.study_day(pk, death.latest)


def day_until_cutoff(
    people: People, pk: int, earliest: datetime | None, latest: datetime | None
) -> int | None:
    """The study day of something before the cut-off, when only one is possible."""
    span = narrowed(Span(earliest, latest), not_after=[people.records.cutoff])
    return people.certain_day(pk, span.earliest, span.latest)


def event_spans(people: People, row: Row, facts: EventFacts, latest: Mapping[int, Moments]) -> EventSpans:
    """The dates of an event, each cut to its bounds; `latest` as `latest_moments_of` gives it."""
    known_at = min(row["changed_at"], people.records.cutoff)
    return spans_of_event(facts, participant=latest[row["participant_id"]], known_at=known_at)


def latest_moments_of(people: People) -> Mapping[int, Moments]:
    """By participant: the latest moment of death, the end of the day of withdrawal, and of completion."""
    return {pk: latest_moments(_course(people, row)) for pk, row in people.by_id.items()}


def _course(people: People, row: Row) -> CourseDates:
    is_dated = row["died_earliest_at"] is not None
    return CourseDates(
        zone=people.records.zone,
        known_at=min(row["changed_at"], people.records.cutoff),
        screened_date=row["screened_date"],
        enrolled_at=row["enrolled_at"],
        withdrawn_date=row["withdrawn_date"],
        completed_date=row["completed_date"],
        infusions=tuple(one["started_at"] for one in people.given.get(row["id"], ())),
        has_died=row["has_died"],
        died=Span(row["died_earliest_at"], row["died_latest_at"]) if is_dated else None,
    )
