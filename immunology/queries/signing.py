"""Which sealed records are signed. Inside the seal only."""

from collections.abc import Iterable

from django.db.models import Model

from accounts.models import SealedRecordSignature


def signed_ids(model: type[Model], ids: Iterable[int]) -> frozenset[int]:
    """The ids among these of which a version was signed."""
    rows = SealedRecordSignature.objects.filter(subject=model._meta.label_lower, subject_id__in=list(ids))
    return frozenset(rows.values_list("subject_id", flat=True))
