"""Bulk writes for imports: adverse events."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from accounts.models import User
from events.choices import Lowering
from events.models import AdverseEvent, EventObservation
from events.rules.adverse_events import lowered_fields
from events.services.course import follow_event
from events.signals import adverse_event_changed
from trials.choices import Source
from trials.models import Trial
from trials.services.imports import importing
from trials.services.synchronising import Fields, Synchronised, differs, synchronise

Key = tuple[int, str]
"""Participant id, and the source's own key of the record within the participant."""


def import_events(
    *, trial: Trial, wanted: Mapping[Key, Fields], by: User, at: datetime, reason: str
) -> Synchronised:
    """Adverse events by participant and source key.

    `number` in the fields is the preferred number of a new event.

    A number that another event of the participant has is replaced by the next free one; an event keeps its number. As
    in a correction by a person, a change drops the signature, and a void event is not changed any more.
    """
    with importing(trial=trial, by=by, at=at, reason=reason):
        rows = list(AdverseEvent.objects.filter(trial=trial))
        standing = {(row.participant_id, row.source_key): row for row in rows if row.source_key}
        numbers = _numbers(rows, standing, wanted)
        fields = {
            key: _as_corrected(standing.get(key), {name: f[name] for name in f if name != "number"})
            for key, f in wanted.items()
        }
        before = {key: standing[key].course_state() for key in _followed_by_people(trial, standing)}
        done = synchronise(
            AdverseEvent,
            standing=standing,
            wanted=fields,
            only_new=lambda key: _made_by_import(trial, key) | {"number": numbers[key]},
            at=at,
        )
        for key in done.changed:
            if key in before:
                follow_event(standing[key], old=before[key], by=by, at=at, reason=reason)
        adverse_event_changed.send(sender=AdverseEvent, trial_id=trial.pk)
        return done


def _followed_by_people(trial: Trial, standing: Mapping[Key, AdverseEvent]) -> set[Key]:
    """The imported events with a course entered by people; corrections of the source become rows of it."""
    rows = EventObservation.objects.standing().filter(trial=trial)
    of_source = set(rows.exclude(source_key="").values_list("event", flat=True))
    of_people = set(rows.filter(source_key="").values_list("event", flat=True)) - of_source
    return {key for key, row in standing.items() if row.pk in of_people}


def import_course(
    *, trial: Trial, wanted: Mapping[Key, Sequence[Fields]], by: User, at: datetime, reason: str
) -> Synchronised:
    """The rows of the courses of imported events, by participant and source key of the event, in the order of the source.

    Rows that people added stay. A row that the source no longer has stays too, as every record does.
    """
    with importing(trial=trial, by=by, at=at, reason=reason):
        events = {
            (row.participant_id, row.source_key): row.pk
            for row in AdverseEvent.objects.standing().filter(trial=trial).exclude(source_key="")
        }
        rows = list(EventObservation.objects.filter(trial=trial, voided_at=None))
        standing = {(row.event_id, row.source_key): row for row in rows if row.source_key}
        fields = {
            (events[key], one["source_key"]): one
            for key, lines in wanted.items()
            if key in events
            for one in lines
        }
        numbers = _free_numbers(rows, [key for key in fields if key not in standing])
        return synchronise(
            EventObservation,
            standing=standing,
            wanted=fields,
            only_new=lambda key: {"trial": trial, "event_id": key[0], "number": numbers[key]},
            at=at,
        )


def _free_numbers(
    rows: Sequence[EventObservation], keys: Sequence[tuple[int, str]]
) -> Mapping[tuple[int, str], int]:
    """The number of each new row: the next free one of its event, in the order given."""
    last: dict[int, int] = defaultdict(int)
    for row in rows:
        last[row.event_id] = max(last[row.event_id], row.number)
    numbers = {}
    for key in keys:
        last[key[0]] += 1
        numbers[key] = last[key[0]]
    return numbers


def _as_corrected(row: AdverseEvent | None, fields: Fields) -> Fields:
    """The changes of the existing event by the source's fields.

    The present grade is kept while the grade is the same.
    """
    if row is None or not differs(row, fields):
        return fields
    if row.voided_at is not None:
        return {}
    lowered = lowered_fields({name: getattr(row, name) for name in fields}, fields)
    kept = row.present_grade if fields.get("grade", row.grade) == row.grade else None
    present_grade = fields.get("present_grade", kept)
    said = {"lowered_because": Lowering.SOURCE if lowered else "", "present_grade": present_grade}
    return {**fields, **said, "signed_by": "", "signed_at": None}


def _made_by_import(trial: Trial, key: Key) -> dict[str, Any]:
    participant_id, source_key = key
    return {
        "trial": trial,
        "participant_id": participant_id,
        "source_key": source_key,
        "source": Source.IMPORT,
    }


def _numbers(
    rows: list[AdverseEvent], standing: Mapping[Key, AdverseEvent], wanted: Mapping[Key, Fields]
) -> Mapping[Key, int]:
    """The number of every new event: the preferred one, or the participant's next free one."""
    taken: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        taken[row.participant_id].add(row.number)
    numbers = {}
    for key in sorted(key for key in wanted if key not in standing):
        used, liked = taken[key[0]], wanted[key]["number"]
        numbers[key] = liked if liked not in used else max(used) + 1
        used.add(numbers[key])
    return numbers
