"""Blood products and other sensitising events: recorded, corrected, voided."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from assessments.models import SensitisingEvent
from assessments.services.participant_records import (
    RecordKind,
    Values,
    correct_entry,
    record_entry,
    void_entry,
)
from assessments.signals import other_causes_changed
from trials.models import Participant

SENSITISING_EVENTS = RecordKind(
    SensitisingEvent,
    frozenset({"kind", "occurred", "units", "remark"}),
    {"occurred": "occurred_earliest_at"},
    _("This product or event was voided; record it anew instead of changing it."),
    other_causes_changed,
)


def record_sensitising_event(
    *, participant: Participant, values: Values, by: User, at: datetime, reason: str
) -> SensitisingEvent:
    """Record one product or event (fields by name, `SENSITISING_EVENTS`). Raises ValidationError, PermissionDenied."""
    return record_entry(SENSITISING_EVENTS, participant, values, by=by, at=at, reason=reason)


def correct_sensitising_event(
    *,
    event: SensitisingEvent,
    changes: Values,
    by: User,
    at: datetime,
    reason: str,
    seen_version: int | None = None,
) -> SensitisingEvent:
    """Change recorded fields; the version before stays in the trail."""
    return correct_entry(
        SENSITISING_EVENTS, event, changes, by=by, at=at, reason=reason, seen_version=seen_version
    )


def void_sensitising_event(
    *, event: SensitisingEvent, by: User, at: datetime, reason: str
) -> SensitisingEvent:
    """Void a product or event that was recorded by mistake; it stays readable and is not counted."""
    return void_entry(SENSITISING_EVENTS, event, by=by, at=at, reason=reason)
