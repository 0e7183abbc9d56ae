"""Bulk writes for imports, sealed: allocations, batches, dispensed doses."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from accounts.choices import ClearanceGround
from accounts.models import User
from accounts.services import cleared
from product.models import Allocation, DispensedDose, ProductBatch
from trials.models import Trial
from trials.services.imports import _of, importing
from trials.services.synchronising import Fields, Synchronised, synchronise


@contextmanager
def importing_sealed(*, trial: Trial, by: User, at: datetime, reason: str) -> Iterator[None]:
    """As `importing`, with the sealed rows of the trial open. The opening is logged."""
    with (
        importing(trial=trial, by=by, at=at, reason=reason),
        cleared(ground=ClearanceGround.IMPORT, by=by, trial_id=trial.pk, purpose=reason, at=at),
    ):
        yield


def import_allocations(
    *, trial: Trial, wanted: Mapping[int, Fields], by: User, at: datetime, reason: str
) -> Synchronised:
    """Allocations by participant id (sealed)."""
    with importing_sealed(trial=trial, by=by, at=at, reason=reason):
        standing = {row.participant_id: row for row in Allocation.objects.filter(trial=trial)}
        return synchronise(Allocation, standing=standing, wanted=wanted, only_new=_of(trial), at=at)


def import_batches(
    *, trial: Trial, wanted: Mapping[str, Fields], by: User, at: datetime, reason: str
) -> Synchronised:
    """Product batches by code (sealed); existing batches are left unchanged."""
    with importing_sealed(trial=trial, by=by, at=at, reason=reason):
        known = {row.code: row for row in ProductBatch.objects.filter(trial=trial)}
        missing = {code: fields for code, fields in wanted.items() if code not in known}
        return synchronise(ProductBatch, standing={}, wanted=missing, only_new=_of(trial), at=at)


def import_doses(
    *, trial: Trial, wanted: Mapping[int, Fields], by: User, at: datetime, reason: str
) -> Synchronised:
    """Dispensed doses by infusion id (sealed)."""
    with importing_sealed(trial=trial, by=by, at=at, reason=reason):
        rows = DispensedDose.objects.filter(trial=trial, voided_at=None)
        standing = {row.infusion_id: row for row in rows}
        return synchronise(DispensedDose, standing=standing, wanted=wanted, only_new=_of(trial), at=at)
