"""Shapes of what is sent that every resource shares: known fields only, a reason with every change."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

REASON_LENGTH = 1000
"""Characters of a reason: some sentences (own choice)."""


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields that it does not know, by name: a misspelt one would be lost in silence."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            self._refuse_unknown(data)
        return super().to_internal_value(data)

    def _refuse_unknown(self, data: Mapping[str, Any]) -> None:
        entered = [name for name, field in self.fields.items() if not field.read_only]
        unknown = sorted(str(name) for name in set(data) - set(entered))
        if unknown:
            message = _("%(field)s: not a field here; known are: %(known)s.")
            known = ", ".join(entered)
            raise serializers.ValidationError(
                {name: [message % {"field": name, "known": known}] for name in unknown}
            )


class ReasonSerializer(StrictSerializer):
    """A verb that needs nothing but its reason."""

    reason = serializers.CharField(max_length=REASON_LENGTH, help_text="Why; kept with the record.")
