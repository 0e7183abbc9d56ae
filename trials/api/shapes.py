"""The shape of what is sent: known fields only, a reason with every change."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

FIRST_ENTRY = "first entry, over the API"
"""The reason kept with a new record when none is sent; a change always needs one (21 CFR 11.10(e))."""


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields that it does not know, by name: a misspelt one would be lost in silence."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            self._refuse_unknown(data)
        return super().to_internal_value(data)

    def _refuse_unknown(self, data: Mapping[str, Any]) -> None:
        unknown = sorted(set(data) - set(self.fields))
        if unknown:
            message = _("%(field)s: not a field here; known are: %(known)s.")
            known = ", ".join(name for name, field in self.fields.items() if not field.read_only)
            raise serializers.ValidationError(
                {name: [message % {"field": name, "known": known}] for name in unknown}
            )


class CreateSerializer(StrictSerializer):
    """What makes a new record."""

    reason = serializers.CharField(
        max_length=500,
        required=False,
        default=FIRST_ENTRY,
        help_text="Why it is written; kept with the record.",
    )


class ChangeSerializer(StrictSerializer):
    """What changes a record. `seen_version`: the version that the change was made from; another one is refused."""

    reason = serializers.CharField(max_length=500, help_text="Why it is changed; kept with the record.")
    seen_version = serializers.IntegerField(
        required=False,
        min_value=1,
        help_text=gettext_lazy("The version that you read before you changed it."),
    )


class ReasonSerializer(StrictSerializer):
    """A verb that needs nothing but its reason."""

    reason = serializers.CharField(max_length=500, help_text="Why; kept with the record.")
