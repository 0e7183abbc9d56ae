"""Bulk writes for imports: adverse events."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.models import User
from events.choices import Lowering
from events.models import AdverseEvent
from events.rules.adverse_events import lowered_fields
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
        done = synchronise(
            AdverseEvent,
            standing=standing,
            wanted=fields,
            only_new=lambda key: _made_by_import(trial, key) | {"number": numbers[key]},
            at=at,
        )
        adverse_event_changed.send(sender=AdverseEvent, trial_id=trial.pk)
        return done


def _as_corrected(row: AdverseEvent | None, fields: Fields) -> Fields:
    """The changes of the existing event by the source's fields.

    The present grade is kept while the grade is the same.
    """
    if row is None or not differs(row, fields):
        return fields
    if row.voided_at is not None:
        return {}
    lowered = lowered_fields({name: getattr(row, name) for name in fields}, fields)
    present_grade = row.present_grade if fields.get("grade", row.grade) == row.grade else None
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
