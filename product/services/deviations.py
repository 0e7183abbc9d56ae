"""Deviations that concern the product: recorded, corrected, voided, under seal."""

from datetime import datetime

from accounts.models import User
from assessments.services.deviations import CORRECTABLE, Values, _corrected, _judged_and_saved, _voided
from audit.services import first_version
from product.models import ProductDeviation
from product.services.product import product_unsealed
from trials.models import Participant
from trials.services.entries import check_correctable


def record_product_deviation(
    *, participant: Participant, values: Values, by: User, at: datetime, reason: str
) -> ProductDeviation:
    """Record, under seal, a deviation that concerns the product. Raises ValidationError, PermissionDenied."""
    check_correctable(values, CORRECTABLE)
    with product_unsealed(participant.trial, "record a product deviation", by, at, reason):
        row = ProductDeviation(trial=participant.trial, participant=participant, **values)
        first_version(row, at=at)
        return _judged_and_saved(row, at)


def correct_product_deviation(
    *,
    deviation: ProductDeviation,
    changes: Values,
    by: User,
    at: datetime,
    reason: str,
    seen_version: int | None = None,
) -> ProductDeviation:
    """Change recorded fields under seal; the version before stays in the sealed trail.

    Raises ValidationError, PermissionDenied.
    """
    check_correctable(changes, CORRECTABLE)
    with product_unsealed(deviation.trial, "correct a product deviation", by, at, reason):
        return _corrected(_locked_product(deviation), changes, seen_version, at)


def void_product_deviation(
    *, deviation: ProductDeviation, by: User, at: datetime, reason: str
) -> ProductDeviation:
    """Void, under seal, a deviation recorded by mistake; it stays readable and is not counted."""
    with product_unsealed(deviation.trial, "void a product deviation", by, at, reason):
        return _voided(_locked_product(deviation), reason, at)


def _locked_product(deviation: ProductDeviation) -> ProductDeviation:
    rows = ProductDeviation.objects.select_related("trial", "participant").select_for_update(of=("self",))
    row: ProductDeviation = rows.get(pk=deviation.pk)
    return row
