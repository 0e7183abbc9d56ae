"""The rows of the frame of deaths."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from audit.models import Entry
from events.choices import Outcome
from reports.frames.writing import moment_text
from reports.queries.people import FrameRow, People
from reports.queries.spans import death_day, possible_death_days
from trials.models import Participant


def death_rows(people: People) -> list[FrameRow]:
    """The frame `deaths`: one row per participant whose death is recorded. One query."""
    return list(_deaths(people))


def _deaths(people: People) -> Iterator[FrameRow]:
    fatal = _fatal_events(people)
    dead = [pk for pk, row in people.by_id.items() if row["has_died"] and pk in people.counted]
    recorded = _recorded(dead, people.records.cutoff)
    for pk in dead:
        row = people.by_id[pk]
        earliest, latest = possible_death_days(people, pk)
        yield {
            "participant": row["code"],
            "died_text": row["died"] or None,
            "study_day": death_day(people, pk),
            "earliest_day": earliest,
            "latest_day": latest,
            "cause": row["death_cause"] or None,
            "fatal_event": fatal.get(pk),
            "recorded_at": moment_text(recorded.get(pk)),
        }


def _recorded(dead: Sequence[int], cutoff: datetime) -> Mapping[int, datetime]:
    """When the present death was recorded, from the trail.

    The participant's own row was recorded at screening.

    A death that was taken back and recorded again counts from the second time. A death that is on record only by a
    correction after the cut-off counts from that correction.
    """
    said = Entry.objects.filter(table_name=Participant._meta.db_table, row_id__in=dead, new__has_died=True)
    moments: dict[int, datetime] = {}
    for pk, at in said.exclude(old__has_died=True).order_by("id").values_list("row_id", "at"):
        if at <= cutoff or pk not in moments:
            moments[pk] = at
    return moments


def _fatal_events(people: People) -> Mapping[int, int]:
    """The first event with a fatal outcome of each participant, by its number, without drafts."""
    fatal: dict[int, int] = {}
    for row in people.recorded_events:
        if row["outcome"] == Outcome.FATAL:
            pk = row["participant_id"]
            fatal[pk] = min(row["number"], fatal.get(pk, row["number"]))
    return fatal
