"""Laboratory results: recorded, corrected, voided."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from assessments.models import LaboratoryResult
from assessments.services.participant_records import (
    RecordKind,
    Values,
    correct_entry,
    record_entry,
    void_entry,
)
from assessments.signals import laboratory_result_changed
from trials.models import Participant

RESULTS = RecordKind(
    LaboratoryResult,
    frozenset({"test", "value", "unit", "lower_limit", "upper_limit", "sampled", "is_baseline", "remark"}),
    {"sampled": "sampled_earliest_at"},
    _("This result was voided; record it anew instead of changing it."),
    laboratory_result_changed,
)


def record_laboratory_result(
    *, participant: Participant, values: Values, by: User, at: datetime, reason: str
) -> LaboratoryResult:
    """Record one result (fields by name, `RESULTS`). Raises ValidationError, PermissionDenied."""
    return record_entry(RESULTS, participant, values, by=by, at=at, reason=reason)


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
    return correct_entry(RESULTS, result, changes, by=by, at=at, reason=reason, seen_version=seen_version)


def void_laboratory_result(
    *, result: LaboratoryResult, by: User, at: datetime, reason: str
) -> LaboratoryResult:
    """Void a result that was recorded by mistake; it stays readable and is not counted."""
    return void_entry(RESULTS, result, by=by, at=at, reason=reason)
