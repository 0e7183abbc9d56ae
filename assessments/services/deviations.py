"""Protocol deviations: recorded, corrected, voided; those that concern the product under seal."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action
from accounts.models import User
from accounts.services import require
from assessments.models import ProtocolDeviation
from assessments.models.deviations import DeviationRecord
from audit.services import attributed, first_version, mark_void, next_version
from trials.models import Participant, Site
from trials.services.entries import check_correctable, check_not_future, check_seen

CORRECTABLE = frozenset({"category", "importance", "occurred", "description", "action_taken"})
HAPPENED = {"occurred": "occurred_earliest_at"}

Values = Mapping[str, Any]
Deviation = TypeVar("Deviation", bound=DeviationRecord)


def record_deviation(
    *, site: Site, participant: Participant | None, values: Values, by: User, at: datetime, reason: str
) -> ProtocolDeviation:
    """Record a deviation of a participant, or (None) of the site as a whole.

    Raises ValidationError, PermissionDenied.
    """
    check_correctable(values, CORRECTABLE)
    require(by=by, action=Action.RECORD_DEVIATION, trial_code=site.trial.code, site_code=site.code)
    with attributed(by=by, reason=reason, at=at):
        row = ProtocolDeviation(trial=site.trial, site=site, participant=participant, **values)
        first_version(row, at=at)
        return _judged_and_saved(row, at)


def correct_deviation(
    *,
    deviation: ProtocolDeviation,
    changes: Values,
    by: User,
    at: datetime,
    reason: str,
    seen_version: int | None = None,
) -> ProtocolDeviation:
    """Change recorded fields; the version before stays in the trail."""
    check_correctable(changes, CORRECTABLE)
    with attributed(by=by, reason=reason, at=at):
        return _corrected(_locked(deviation, by), changes, seen_version, at)


def void_deviation(*, deviation: ProtocolDeviation, by: User, at: datetime, reason: str) -> ProtocolDeviation:
    """Void a deviation that was recorded by mistake; it stays readable and is not counted."""
    with attributed(by=by, reason=reason, at=at):
        return _voided(_locked(deviation, by), reason, at)


def _locked(deviation: ProtocolDeviation, by: User) -> ProtocolDeviation:
    """The row as it is now, locked."""
    rows = ProtocolDeviation.objects.select_related("site", "trial").select_for_update(of=("self",))
    row = rows.get(pk=deviation.pk)
    require(by=by, action=Action.RECORD_DEVIATION, trial_code=row.trial.code, site_code=row.site.code)
    return row


def _corrected(row: Deviation, changes: Values, seen_version: int | None, at: datetime) -> Deviation:
    _check_standing(row)
    check_seen(row, seen_version)
    for name, value in changes.items():
        setattr(row, name, value)
    next_version(row, at=at)
    return _judged_and_saved(row, at)


def _voided(row: Deviation, reason: str, at: datetime) -> Deviation:
    _check_standing(row)
    mark_void(row, reason=reason, at=at)
    row.save()
    return row


def _judged_and_saved(row: Deviation, at: datetime) -> Deviation:
    row.full_clean()
    check_not_future(row, HAPPENED, at=at, zone=row.trial.timezone)
    row.save()
    return row


def _check_standing(row: DeviationRecord) -> None:
    if row.voided_at is not None:
        raise ValidationError(_("This deviation was voided; record it anew instead of changing it."))
