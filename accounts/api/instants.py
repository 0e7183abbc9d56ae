"""Instants as parameters of a list."""

from datetime import UTC, datetime
from typing import Any

import django_filters
from django import forms
from django.utils.translation import gettext as _


class InstantField(django_filters.fields.IsoDateTimeField):
    """An instant in ISO 8601, taken in UTC: the database refuses offsets of 16 hours and more, which ISO 8601 allows."""

    def strptime(self, value: str, format: str) -> datetime:
        moment: datetime = super().strptime(value, format)
        try:
            return moment.astimezone(UTC)
        except OverflowError as error:
            raise forms.ValidationError(_("Enter a valid date/time.")) from error


class InstantFilter(django_filters.IsoDateTimeFilter):
    field_class: Any = InstantField
