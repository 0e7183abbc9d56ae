"""Common parts of this app's lists, which refuse unknown parameters."""

from collections.abc import Mapping
from typing import Any, ClassVar

import django_filters

from webkit.api.instants import UpdatedSinceFilter
from webkit.api.lists import ListedViewSet

FIRST_ENTRY = "first entry, over the API"
"""The reason kept with a new record when none is sent; every change needs one."""


class SharedFilters(django_filters.FilterSet):
    """Filters of every list of this app."""

    trial = django_filters.CharFilter(field_name="trial__code", help_text="Code of the trial.")
    participant = django_filters.CharFilter(
        field_name="participant__code", help_text="Code of the participant."
    )
    updated_since = UpdatedSinceFilter()


class LaboratoryViewSet(ListedViewSet):
    """A list by id or change; validates a body."""

    ordering_columns: ClassVar[Mapping[str, str]] = {"id": "id", "changed_at": "changed_at"}

    def sent(self) -> dict[str, Any]:
        """The validated body."""
        serializer = self.get_serializer(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)
