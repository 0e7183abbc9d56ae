"""Instants as parameters of a list."""

from datetime import UTC, datetime
from typing import Any

import django_filters
from django import forms


class InstantField(django_filters.fields.IsoDateTimeField):
    """An instant in ISO 8601, taken in UTC: the database refuses offsets of 16 hours and more, which ISO 8601 allows."""

    def to_python(self, value: Any) -> datetime | None:
        moment: datetime | None = super().to_python(value)
        try:
            return moment and moment.astimezone(UTC)
        except OverflowError as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error


class InstantFilter(django_filters.IsoDateTimeFilter):
    field_class: Any = InstantField
