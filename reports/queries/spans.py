"""When the participants of a report can have died, and when their events can have begun: everything narrowed by
everything that is on record at the cut-off, by the rules that pages and the API ask.
"""

from datetime import datetime

import numpy as np

from events.rules.adverse_events.spans import NarrowedDates, Pair, WrittenDates, narrowed_events
from partial_dates import Span, narrowed
from partial_dates.narrowing import NO_BOUND_ABOVE, NO_BOUND_BELOW
from reports.frames.held import UNKNOWN, Held, Integers, Row, microseconds
from reports.queries.people import People
from trials.rules.course_bounds import CourseDates, death_span, latest_moments


def death_of(people: People, pk: int) -> Span | None:
    """When a participant can have died; `None` when no death is recorded."""
    return death_span(_course(people, people.by_id[pk]))


def death_day(people: People, pk: int) -> int | None:
    """The study day of a death, when only one is possible."""
    death = death_of(people, pk)
    return None if death is None else people.certain_day(pk, death.earliest, death.latest)


def possible_death_days(people: People, pk: int) -> tuple[int | None, int | None]:
    """The first and the last study day on which a participant can have died; None for who lives, or has no day 0."""
    death = death_of(people, pk)
    if death is None:
        return None, None
    return people.study_day(pk, death.earliest), people.study_day(pk, death.latest)


def day_until_cutoff(
    people: People, pk: int, earliest: datetime | None, latest: datetime | None
) -> int | None:
    """The study day of what happened by the cut-off, when only one is possible."""
    span = narrowed(Span(earliest, latest), not_after=[people.records.cutoff])
    return people.certain_day(pk, span.earliest, span.latest)


def event_spans(people: People, events: Held, places: Integers) -> NarrowedDates:
    """The dates of events, each cut to its bounds; `places` are those of the events' participants."""
    return narrowed_events(
        WrittenDates(
            onset=_pair(events, "onset"),
            worsened=_pair(events, "worsened"),
            ended=_pair(events, "ended"),
            aware=_or_unbounded(events.numbers("aware_at")),
            participant=[moments[places] for moments in _latest_moments(people)],
            known=np.minimum(events.numbers("changed_at"), microseconds(people.records.cutoff)),
        )
    )


def held_moments(pair: Pair) -> tuple[Integers, Integers]:
    """A pair of columns as frames hold moments: `UNKNOWN` where there is none."""
    first, last = pair
    return first, np.where(last == NO_BOUND_ABOVE, UNKNOWN, last)


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


def _latest_moments(people: People) -> tuple[Integers, ...]:
    """By place: the latest moment of death, the end of the day of withdrawal, and of completion."""
    every = [_moments_of(people, row) for row in people.by_id.values()]
    return tuple(np.array(column, dtype=np.int64) for column in zip(*every, strict=True))


def _moments_of(people: People, row: Row) -> list[int]:
    if not (row["has_died"] or row["withdrawn_date"] or row["completed_date"]):
        return [NO_BOUND_ABOVE] * 3
    moments = latest_moments(_course(people, row))
    return [NO_BOUND_ABOVE if moment is None else microseconds(moment) for moment in moments]


def _pair(events: Held, name: str) -> Pair:
    """The moments of a date as written; of one that is not, nothing is known."""
    first, last = (events.numbers(f"{name}_{end}_at") for end in ("earliest", "latest"))
    is_written = events.words(name).where(bool) & (first != UNKNOWN) & (last != UNKNOWN)
    return np.where(is_written, first, NO_BOUND_BELOW), np.where(is_written, last, NO_BOUND_ABOVE)


def _or_unbounded(moments: Integers) -> Integers:
    return np.where(moments == UNKNOWN, NO_BOUND_ABOVE, moments)
