"""Laboratory results: recorded, corrected, voided. Each verb is one attributed transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action
from accounts.models import User
from accounts.services import require
from assessments.models import LaboratoryResult
from assessments.signals import laboratory_result_changed
from audit.services import attributed, first_version, mark_void, next_version
from trials.models import Participant
from trials.services.entries import check_correctable, check_not_future, check_seen
from trials.services.participants import lock_participant

CORRECTABLE = frozenset(
    {"test", "value", "unit", "lower_limit", "upper_limit", "sampled", "is_baseline", "remark"}
)
HAPPENED = {"sampled": "sampled_earliest_at"}

Values = Mapping[str, Any]


def record_laboratory_result(
    *, participant: Participant, values: Values, by: User, at: datetime, reason: str
) -> LaboratoryResult:
    """Record one result (fields by name, `CORRECTABLE`). Raises ValidationError, PermissionDenied."""
    check_correctable(values, CORRECTABLE)
    _require(participant, by)
    with attributed(by=by, reason=reason, at=at):
        person = lock_participant(participant)
        row = LaboratoryResult(trial=person.trial, participant=person, **values)
        first_version(row, at=at)
        return _judged_and_saved(row, at)


def correct_laboratory_result(
    *,
    result: LaboratoryResult,
    changes: Values,
    by: User,
    at: datetime,
    reason: str,
    seen_version: int | None = None,
) -> LaboratoryResult:
    """Change recorded fields; the version before stays in the trail."""
    check_correctable(changes, CORRECTABLE)
    _require(result.participant, by)
    with attributed(by=by, reason=reason, at=at):
        row = _locked(result)
        check_seen(row, seen_version)
        for name, value in changes.items():
            setattr(row, name, value)
        next_version(row, at=at)
        return _judged_and_saved(row, at)


def void_laboratory_result(
    *, result: LaboratoryResult, by: User, at: datetime, reason: str
) -> LaboratoryResult:
    """Void a result that was none; it stays readable and counts nowhere."""
    _require(result.participant, by)
    with attributed(by=by, reason=reason, at=at):
        row = _locked(result)
        mark_void(row, reason=reason, at=at)
        row.save()
        laboratory_result_changed.send(sender=LaboratoryResult, participant_id=row.participant_id)
    return row


def _judged_and_saved(row: LaboratoryResult, at: datetime) -> LaboratoryResult:
    row.full_clean()
    check_not_future(row, HAPPENED, at=at, zone=row.trial.timezone)
    row.save()
    laboratory_result_changed.send(sender=LaboratoryResult, participant_id=row.participant_id)
    return row


def _locked(result: LaboratoryResult) -> LaboratoryResult:
    """The row as it is now, its participant locked; refused when it is void."""
    person = lock_participant(result.participant)
    row = LaboratoryResult.objects.select_for_update().get(pk=result.pk)
    row.participant, row.trial = person, person.trial
    if row.voided_at is not None:
        raise ValidationError(_("This result was voided; record it anew instead of changing it."))
    return row


def _require(participant: Participant, by: User) -> None:
    require(
        by=by,
        action=Action.RECORD_ASSESSMENT,
        trial_code=participant.trial.code,
        site_code=participant.site.code,
    )
