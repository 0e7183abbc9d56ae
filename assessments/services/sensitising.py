"""Blood products and other sensitising events: recorded, corrected, voided.

Each function is one attributed transaction.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action
from accounts.models import User
from accounts.services import require
from assessments.models import SensitisingEvent
from assessments.signals import other_causes_changed
from audit.services import attributed, first_version, mark_void, next_version
from trials.models import Participant
from trials.services.entries import check_correctable, check_not_future, check_seen
from trials.services.participants import lock_participant

CORRECTABLE = frozenset({"kind", "occurred", "units", "remark"})
HAPPENED = {"occurred": "occurred_earliest_at"}

Values = Mapping[str, Any]


def record_sensitising_event(
    *, participant: Participant, values: Values, by: User, at: datetime, reason: str
) -> SensitisingEvent:
    """Record one product or event (fields by name, `CORRECTABLE`). Raises ValidationError, PermissionDenied."""
    check_correctable(values, CORRECTABLE)
    _require(participant, by)
    with attributed(by=by, reason=reason, at=at):
        person = lock_participant(participant)
        row = SensitisingEvent(trial=person.trial, participant=person, **values)
        first_version(row, at=at)
        return _judged_and_saved(row, at)


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
    check_correctable(changes, CORRECTABLE)
    _require(event.participant, by)
    with attributed(by=by, reason=reason, at=at):
        row = _locked(event)
        check_seen(row, seen_version)
        for name, value in changes.items():
            setattr(row, name, value)
        next_version(row, at=at)
        return _judged_and_saved(row, at)


def void_sensitising_event(
    *, event: SensitisingEvent, by: User, at: datetime, reason: str
) -> SensitisingEvent:
    """Void a product or event that was recorded by mistake; it stays readable and is not counted."""
    _require(event.participant, by)
    with attributed(by=by, reason=reason, at=at):
        row = _locked(event)
        mark_void(row, reason=reason, at=at)
        row.save()
        _announce(row)
    return row


def _judged_and_saved(row: SensitisingEvent, at: datetime) -> SensitisingEvent:
    row.full_clean()
    check_not_future(row, HAPPENED, at=at, zone=row.trial.timezone)
    row.save()
    _announce(row)
    return row


def _announce(row: SensitisingEvent) -> None:
    other_causes_changed.send(
        sender=SensitisingEvent, trial_id=row.trial_id, participant_id=row.participant_id
    )


def _locked(event: SensitisingEvent) -> SensitisingEvent:
    """The row as it is now, its participant locked; refused when it is void."""
    person = lock_participant(event.participant)
    row = SensitisingEvent.objects.select_for_update().get(pk=event.pk)
    row.participant, row.trial = person, person.trial
    if row.voided_at is not None:
        raise ValidationError(_("This product or event was voided; record it anew instead of changing it."))
    return row


def _require(participant: Participant, by: User) -> None:
    require(
        by=by,
        action=Action.RECORD_ASSESSMENT,
        trial_code=participant.trial.code,
        site_code=participant.site.code,
    )
