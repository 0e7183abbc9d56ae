"""Medication: recorded, corrected, voided."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from assessments.models import Medication
from assessments.services.participant_records import (
    RecordKind,
    Values,
    correct_entry,
    record_entry,
    void_entry,
)
from trials.models import Participant

MEDICATION = RecordKind(
    Medication,
    frozenset({"drug", "dose", "dose_unit", "route", "started", "ended", "indication"}),
    {"started": "started_earliest_at", "ended": "ended_earliest_at"},
    _("This medication was voided; record it anew instead of changing it."),
)


def record_medication(
    *, participant: Participant, values: Values, by: User, at: datetime, reason: str
) -> Medication:
    """Record one medication (fields by name, `MEDICATION`). Raises ValidationError, PermissionDenied."""
    return record_entry(MEDICATION, participant, values, by=by, at=at, reason=reason)


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
    return correct_entry(
        MEDICATION, medication, changes, by=by, at=at, reason=reason, seen_version=seen_version
    )


def void_medication(*, medication: Medication, by: User, at: datetime, reason: str) -> Medication:
    """Void a medication that was not given; it stays readable and is not counted."""
    return void_entry(MEDICATION, medication, by=by, at=at, reason=reason)
