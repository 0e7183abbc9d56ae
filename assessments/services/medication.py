"""Medication: recorded, corrected, voided. Each function is one attributed transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action
from accounts.models import User
from accounts.services import require
from assessments.models import Medication
from audit.services import attributed, first_version, mark_void, next_version
from trials.models import Participant
from trials.services.entries import check_correctable, check_not_future, check_seen
from trials.services.participants import lock_participant

CORRECTABLE = frozenset({"drug", "dose", "dose_unit", "route", "started", "ended", "indication"})
HAPPENED = {"started": "started_earliest_at", "ended": "ended_earliest_at"}

Values = Mapping[str, Any]


def record_medication(
    *, participant: Participant, values: Values, by: User, at: datetime, reason: str
) -> Medication:
    """Record one medication (fields by name, `CORRECTABLE`). Raises ValidationError, PermissionDenied."""
    check_correctable(values, CORRECTABLE)
    _require(participant, by)
    with attributed(by=by, reason=reason, at=at):
        person = lock_participant(participant)
        row = Medication(trial=person.trial, participant=person, **values)
        first_version(row, at=at)
        return _judged_and_saved(row, at)


def correct_medication(
    *,
    medication: Medication,
    changes: Values,
    by: User,
    at: datetime,
    reason: str,
    seen_version: int | None = None,
) -> Medication:
    """Change recorded fields; the version before stays in the trail."""
    check_correctable(changes, CORRECTABLE)
    _require(medication.participant, by)
    with attributed(by=by, reason=reason, at=at):
        row = _locked(medication)
        check_seen(row, seen_version)
        for name, value in changes.items():
            setattr(row, name, value)
        next_version(row, at=at)
        return _judged_and_saved(row, at)


def void_medication(*, medication: Medication, by: User, at: datetime, reason: str) -> Medication:
    """Void a medication that was not given; it stays readable and is not counted."""
    _require(medication.participant, by)
    with attributed(by=by, reason=reason, at=at):
        row = _locked(medication)
        mark_void(row, reason=reason, at=at)
        row.save()
    return row


def _judged_and_saved(row: Medication, at: datetime) -> Medication:
    row.full_clean()
    check_not_future(row, HAPPENED, at=at, zone=row.trial.timezone)
    row.save()
    return row


def _locked(medication: Medication) -> Medication:
    """The row as it is now, its participant locked; refused when it is void."""
    person = lock_participant(medication.participant)
    row = Medication.objects.select_for_update().get(pk=medication.pk)
    row.participant, row.trial = person, person.trial
    if row.voided_at is not None:
        raise ValidationError(_("This medication was voided; record it anew instead of changing it."))
    return row


def _require(participant: Participant, by: User) -> None:
    require(
        by=by,
        action=Action.RECORD_ASSESSMENT,
        trial_code=participant.trial.code,
        site_code=participant.site.code,
    )
