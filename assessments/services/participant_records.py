"""What laboratory results, medication and sensitising events share: recorded, corrected, voided.

Each verb is one attributed transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.dispatch import Signal
from django.utils.functional import Promise

from accounts.choices import Action
from accounts.models import User
from accounts.services import require
from assessments.models import LaboratoryResult, Medication, SensitisingEvent
from audit.services import attributed, first_version, mark_void, next_version
from trials.models import Participant
from trials.services.entries import check_correctable, check_not_future, check_seen
from trials.services.participants import lock_participant

Values = Mapping[str, Any]
Record = TypeVar("Record", LaboratoryResult, Medication, SensitisingEvent)


@dataclass(frozen=True)
class RecordKind(Generic[Record]):
    """One kind of record: its model, the fields that are entered, and which of them are partial dates.

    `dated` leads from a partial date to the column of its earliest moment. `voided` refuses to change a void record.
    `changed` is sent with trial and participant inside the transaction of every change.
    """

    model: type[Record]
    correctable: frozenset[str]
    dated: Mapping[str, str]
    voided: Promise
    changed: Signal | None = None


def record_entry(
    kind: RecordKind[Record], participant: Participant, values: Values, *, by: User, at: datetime, reason: str
) -> Record:
    """Record one entry (fields by name). Raises ValidationError, PermissionDenied."""
    check_correctable(values, kind.correctable)
    _require(participant, by)
    with attributed(by=by, reason=reason, at=at):
        person = lock_participant(participant)
        row = kind.model(trial=person.trial, participant=person, **values)
        first_version(row, at=at)
        return _judged_and_saved(kind, row, at)


def correct_entry(
    kind: RecordKind[Record],
    entry: Record,
    changes: Values,
    *,
    by: User,
    at: datetime,
    reason: str,
    seen_version: int | None,
) -> Record:
    """Change recorded fields; the version before stays in the trail. Raises ValidationError, PermissionDenied."""
    check_correctable(changes, kind.correctable)
    _require(entry.participant, by)
    with attributed(by=by, reason=reason, at=at):
        row = _locked(kind, entry)
        check_seen(row, seen_version)
        for name, value in changes.items():
            setattr(row, name, value)
        next_version(row, at=at)
        return _judged_and_saved(kind, row, at)


def void_entry(kind: RecordKind[Record], entry: Record, *, by: User, at: datetime, reason: str) -> Record:
    """Void an entry; it stays readable and counts nowhere. Raises ValidationError, PermissionDenied."""
    _require(entry.participant, by)
    with attributed(by=by, reason=reason, at=at):
        row = _locked(kind, entry)
        mark_void(row, reason=reason, at=at)
        row.save()
        _announce(kind, row)
    return row


def _judged_and_saved(kind: RecordKind[Record], row: Record, at: datetime) -> Record:
    row.full_clean()
    check_not_future(row, kind.dated, at=at, zone=row.trial.timezone)
    row.save()
    _announce(kind, row)
    return row


def _announce(kind: RecordKind[Record], row: Record) -> None:
    if kind.changed is not None:
        kind.changed.send(sender=kind.model, trial_id=row.trial_id, participant_id=row.participant_id)


def _locked(kind: RecordKind[Record], entry: Record) -> Record:
    """The row as it is now, its participant locked; refused when it is void."""
    person = lock_participant(entry.participant)
    row = kind.model.objects.select_for_update().get(pk=entry.pk)
    row.participant, row.trial = person, person.trial
    if row.voided_at is not None:
        raise ValidationError(str(kind.voided))
    return row


def _require(participant: Participant, by: User) -> None:
    require(
        by=by,
        action=Action.RECORD_ASSESSMENT,
        trial_code=participant.trial.code,
        site_code=participant.site.code,
    )
