"""Serializer bases for input: known fields only, a reason with every change."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from webkit.forms.refusals import sentence

REASON_LENGTH = 1000
"""Characters of a reason: some sentences (own choice)."""


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses unknown fields by name: the value of a misspelt field would be lost without a message."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            self._refuse_unknown(data)
        try:
            return super().to_internal_value(data)
        except serializers.ValidationError as refusal:
            raise serializers.ValidationError(self._named(data, refusal.detail)) from None

    def _named(self, data: Any, detail: Any) -> Any:
        """The refusals of the fields, each in a sentence with its field's name.

        A nested serializer names its own fields.
        """
        given = data if isinstance(data, Mapping) else {}
        return {
            name: named_details(self.fields[name], given.get(name), errors) if name in self.fields else errors
            for name, errors in detail.items()
        }

    def _refuse_unknown(self, data: Mapping[str, Any]) -> None:
        entered = [name for name, field in self.fields.items() if not field.read_only]
        unknown = sorted(str(name) for name in set(data) - set(entered))
        if unknown:
            message = _("%(field)s: not a field here; known are: %(known)s.")
            known = ", ".join(entered)
            raise serializers.ValidationError(
                {name: [message % {"field": name, "known": known}] for name in unknown}
            )


def named_details(field: Any, value: object, errors: Any) -> Any:
    """The errors of REST framework for one field, in our words."""
    if not isinstance(errors, list) or not all(isinstance(error, ErrorDetail) for error in errors):
        return errors
    return [
        ErrorDetail(
            sentence(str(error), code=error.code, label=str(field.label), value=value, field=field),
            error.code,
        )
        for error in errors
    ]


class ReasonSerializer(StrictSerializer):
    """A verb that needs only a reason."""

    reason = serializers.CharField(max_length=REASON_LENGTH, help_text="Why; kept with the record.")
