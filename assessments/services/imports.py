"""Bulk writes for imports: daily assessments."""

from collections.abc import Mapping
from datetime import date, datetime

from accounts.models import User
from assessments.models import DailyAssessment
from trials.choices import Source
from trials.models import Trial
from trials.services.imports import _made_by_import, importing
from trials.services.synchronising import Fields, Synchronised, synchronise


def import_assessments(
    *, trial: Trial, wanted: Mapping[tuple[int, date], Fields], by: User, at: datetime, reason: str
) -> Synchronised:
    """Daily assessments by (participant id, day); days entered by hand are not changed."""
    with importing(trial=trial, by=by, at=at, reason=reason):
        rows = DailyAssessment.objects.filter(trial=trial, source=Source.IMPORT).standing()
        standing = {(row.participant_id, row.assessed_date): row for row in rows}
        made = _made_by_import(trial)
        return synchronise(DailyAssessment, standing=standing, wanted=wanted, only_new=made, at=at)
