"""Instants as parameters of a list."""

from datetime import UTC, datetime
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet

from audit.queries.changes import changed_since


class InstantField(django_filters.fields.IsoDateTimeField):
    """An instant in ISO 8601, converted to UTC.

    The database refuses offsets of 16 hours and more, which ISO 8601 allows.
    """

    def to_python(self, value: Any) -> datetime | None:
        moment: datetime | None = super().to_python(value)
        try:
            return moment and moment.astimezone(UTC)
        except OverflowError as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error


class InstantFilter(django_filters.IsoDateTimeFilter):
    field_class: Any = InstantField


class UpdatedSinceFilter(InstantFilter):
    """Rows that may have changed at or after an instant: none is missed, including concurrent writes.

    To keep a copy up to date use `/api/v1/changes/`: it lists the changes and needs no clock.
    """

    def filter(self, qs: QuerySet[Any], value: datetime | None) -> QuerySet[Any]:
        return qs if value is None else changed_since(qs, since=value)
