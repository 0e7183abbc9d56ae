"""From a rule's refusals to Django's error, in the reader's language, each at its field."""

from collections import defaultdict
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from trials.rules.refusals import Refusal


def raise_refusals(refusals: Iterable[Refusal]) -> None:
    """Raise ValidationError with every refusal; nothing when there is none."""
    by_field: dict[str, list[ValidationError]] = defaultdict(list)
    for refusal in refusals:
        error = ValidationError(gettext(refusal.message), params=dict(refusal.params))
        by_field[refusal.field].append(error)
    if by_field:
        raise ValidationError(dict(by_field))
