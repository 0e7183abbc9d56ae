"""Bulk writes for imports: specimens, and (sealed) antibody results."""

from collections.abc import Mapping
from datetime import datetime

from accounts.models import User
from audit.services import mark_void
from immunology.models import AntibodyResult, Specimen
from product.services.imports import importing_sealed
from trials.choices import Source
from trials.models import Trial
from trials.services.imports import importing
from trials.services.synchronising import Fields, Synchronised, synchronise

ResultKey = tuple[int, str, str]
"""Specimen id, specificity, run."""


def import_specimens(
    *, trial: Trial, wanted: Mapping[str, Fields], by: User, at: datetime, reason: str
) -> Synchronised:
    """Specimens by code."""
    with importing(trial=trial, by=by, at=at, reason=reason):
        rows = Specimen.objects.filter(trial=trial, voided_at=None)
        standing = {row.code: row for row in rows if row.source == Source.IMPORT or row.code in wanted}
        return synchronise(
            Specimen,
            standing=standing,
            wanted=wanted,
            only_new=lambda code: {"trial": trial, "code": code, "source": Source.IMPORT},
            at=at,
        )


def import_antibody_results(
    *, trial: Trial, wanted: Mapping[ResultKey, Fields], by: User, at: datetime, reason: str
) -> Synchronised:
    """Antibody results (sealed). Results are added, never edited: a changed one is voided and recorded again."""
    with importing_sealed(trial=trial, by=by, at=at, reason=reason):
        standing = _standing_results(trial)
        for key in [key for key, row in standing.items() if key in wanted and _differs(row, wanted[key])]:
            row = standing.pop(key)
            mark_void(row, reason=reason, at=at)
            row.save()
        return synchronise(
            AntibodyResult,
            standing=standing,
            wanted=wanted,
            only_new=lambda _key: {"trial": trial, "recorded_by_id": by.pk, "source": Source.IMPORT},
            at=at,
        )


def _standing_results(trial: Trial) -> dict[ResultKey, AntibodyResult]:
    rows = AntibodyResult.objects.filter(trial=trial, voided_at=None)
    return {(row.specimen_id, row.specificity, row.run_code): row for row in rows}


def _differs(row: AntibodyResult, fields: Fields) -> bool:
    return any(getattr(row, name) != value for name, value in fields.items())
