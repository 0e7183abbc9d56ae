"""Sealed writes: allocation, batches, dispensed doses.

Each checks the permission, then opens the seal, logged.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action, ClearanceGround
from accounts.models import User
from accounts.services import cleared, require
from audit.services import attributed, first_version, mark_void, next_version
from product.models import Allocation, DispensedDose, ProductBatch
from product.signals import allocation_changed, product_changed
from trials.models import Infusion, Participant, Trial
from trials.services.entries import check_correctable

BATCH_CORRECTABLE = frozenset(
    {
        "donor_code",
        "released_date",
        "expires_date",
        "cells_million",
        "viability_percent",
        "meets_specification",
        "specification_note",
    }
)


def allocate_participant(
    *,
    participant: Participant,
    arm_code: str,
    by: User,
    at: datetime,
    reason: str,
    allocated_at: datetime | None = None,
    reference_batch: ProductBatch | None = None,
) -> Allocation:
    """Enter the arm that the randomisation gave an enrolled participant, once; later changes are corrections.

    The reference batch is the one that would be dispensed on that day whatever the arm. It gives every participant a
    donor, so that antibodies can be compared between arms. Raises ValidationError, PermissionDenied.
    """
    if participant.enrolment_number is None:
        message = _("Participant: only an enrolled participant is allocated.")
        raise ValidationError({"participant": message})
    with _unsealed(Action.ALLOCATE, participant.trial, "enter an allocation", by, at, reason):
        allocation = Allocation(
            trial=participant.trial,
            participant=participant,
            arm_code=arm_code,
            allocated_at=allocated_at,
            reference_batch=reference_batch,
        )
        first_version(allocation, at=at)
        allocation.full_clean()
        allocation.save()
        _send_signal(allocation)
    return allocation


def correct_allocation(
    *, participant: Participant, changes: Mapping[str, Any], by: User, at: datetime, reason: str
) -> Allocation:
    """Change the arm, the arm actually received, the time or the reference batch of an allocation."""
    allowed = frozenset({"arm_code", "received_arm_code", "allocated_at", "reference_batch"})
    check_correctable(changes, allowed)
    with _unsealed(Action.ALLOCATE, participant.trial, "correct an allocation", by, at, reason):
        row = Allocation.objects.select_for_update().filter(participant=participant).first()
        if row is None:
            raise ValidationError({"participant": _("Participant: not allocated yet.")})
        _apply(row, changes, at)
        _send_signal(row)
    return row


def receive_batch(
    *,
    trial: Trial,
    code: str,
    arm_code: str,
    by: User,
    at: datetime,
    reason: str,
    donor_code: str = "",
    released_date: date | None = None,
    expires_date: date | None = None,
    cells_million: Decimal | None = None,
    viability_percent: Decimal | None = None,
    meets_specification: bool | None = None,
    specification_note: str = "",
) -> ProductBatch:
    """Record a batch of product or placebo as released."""
    with product_unsealed(trial, "receive a batch", by, at, reason):
        batch = ProductBatch(
            trial=trial,
            code=code,
            arm_code=arm_code,
            donor_code=donor_code,
            released_date=released_date,
            expires_date=expires_date,
            cells_million=cells_million,
            viability_percent=viability_percent,
            meets_specification=meets_specification,
            specification_note=specification_note,
        )
        first_version(batch, at=at)
        batch.full_clean()
        batch.save()
    return batch


def correct_batch(
    *, batch: ProductBatch, changes: Mapping[str, Any], by: User, at: datetime, reason: str
) -> ProductBatch:
    """Change the recorded facts of a batch; its code and arm stay."""
    check_correctable(changes, BATCH_CORRECTABLE)
    with product_unsealed(batch.trial, "correct a batch", by, at, reason):
        row: ProductBatch = ProductBatch.objects.select_for_update().get(pk=batch.pk)
        _apply(row, changes, at)
        product_changed.send(sender=ProductBatch, trial_id=row.trial_id, participant_id=None)
    return row


def dispense_dose(
    *,
    infusion: Infusion,
    by: User,
    at: datetime,
    reason: str,
    batch: ProductBatch | None = None,
    product: str = "",
    cells_million: Decimal | None = None,
    dose: Decimal | None = None,
    dose_unit: str = "",
    viability_percent: Decimal | None = None,
    out_of_specification_reason: str = "",
) -> DispensedDose:
    """Record the product in the bag of one infusion: at most the cap, of the participant's arm, in specification.

    A batch out of specification needs `out_of_specification_reason`. Raises ValidationError, PermissionDenied.
    """
    with product_unsealed(infusion.participant.trial, "dispense a dose", by, at, reason):
        row = DispensedDose(
            trial_id=infusion.trial_id,
            participant=infusion.participant,
            infusion=infusion,
            batch=batch,
            product=product,
            cells_million=cells_million,
            dose=dose,
            dose_unit=dose_unit,
            viability_percent=viability_percent,
            out_of_specification_reason=out_of_specification_reason,
        )
        first_version(row, at=at)
        row.full_clean()
        row.save()
        product_changed.send(sender=DispensedDose, **_place(row))
    return row


def void_dispensed_dose(*, dose: DispensedDose, by: User, at: datetime, reason: str) -> DispensedDose:
    """Exclude a dose that was recorded by mistake from every count; the row stays."""
    with product_unsealed(dose.trial, "void a dispensed dose", by, at, reason):
        row: DispensedDose = DispensedDose.objects.select_for_update().get(pk=dose.pk)
        mark_void(row, reason=reason, at=at)
        row.save()
        product_changed.send(sender=DispensedDose, **_place(row))
    return row


def product_unsealed(
    trial: Trial, purpose: str, by: User, at: datetime, reason: str
) -> AbstractContextManager[None]:
    """The unit's sealed records, opened for a write in its name. Raises PermissionDenied."""
    return _unsealed(Action.MANAGE_PRODUCT, trial, purpose, by, at, reason)


@contextmanager
def _unsealed(
    action: Action, trial: Trial, purpose: str, by: User, at: datetime, reason: str
) -> Iterator[None]:
    """Check the right in the whole trial, then open the seal and attribute the writes."""
    require(by=by, action=action, trial_code=trial.code)
    ground = ClearanceGround.RANDOMISATION if action == Action.ALLOCATE else ClearanceGround.ROLE
    with (
        cleared(ground=ground, by=by, trial_id=trial.pk, purpose=purpose, at=at),
        attributed(by=by, reason=reason, at=at),
    ):
        yield


def _apply(row: Allocation | ProductBatch, changes: Mapping[str, Any], at: datetime) -> None:
    for name, value in changes.items():
        setattr(row, name, value)
    next_version(row, at=at)
    row.full_clean()
    row.save()


def _send_signal(allocation: Allocation) -> None:
    allocation_changed.send(sender=Allocation, trial_id=allocation.trial_id)
    product_changed.send(sender=Allocation, **_place(allocation))


def _place(row: Allocation | DispensedDose) -> dict[str, int]:
    return {"trial_id": row.trial_id, "participant_id": row.participant_id}
