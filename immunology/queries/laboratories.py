"""To which laboratories an account belongs."""

from django.db.models import Exists, OuterRef

from immunology.models import LaboratoryAccount


def laboratories_of(*, user_id: int, trial_id: int) -> tuple[str, ...]:
    """The laboratories of an account in a trial, by name."""
    rows = LaboratoryAccount.objects.filter(user=user_id, trial=trial_id, voided_at=None)
    return tuple(rows.order_by("laboratory").values_list("laboratory", flat=True))


def of_own_laboratory(*, user_id: int, laboratory: str = "laboratory", trial: str = "trial") -> Exists:
    """Whether a row's laboratory is one of the account's, given the row's columns."""
    return Exists(
        LaboratoryAccount.objects.filter(
            user=user_id, trial=OuterRef(trial), laboratory=OuterRef(laboratory), voided_at=None
        )
    )
