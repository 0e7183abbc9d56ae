"""The list of every resource: ordered by named columns, paged by key; unknown parameters are refused."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from webkit.api.listing import KeysetPagination, NamedFilters, NamedOrdering, refuse_unknown_parameters
from webkit.api.resources import TableViewSet

PAGE_PARAMETERS = frozenset({"cursor", "page_size", "ordering", "format"})


class ListedViewSet(TableViewSet):
    """A resource whose list refuses unknown parameters; a subclass declares its filters and ordering columns."""

    filter_backends = (NamedFilters, NamedOrdering)
    pagination_class = KeysetPagination
    ordering_columns: ClassVar[Mapping[str, str]]
    ordering: ClassVar[tuple[str, ...]] = ("-id",)
    filterset_class: Any

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        refuse_unknown_parameters(request, {*self.filterset_class.base_filters, *PAGE_PARAMETERS})
        return super().list(request, *args, **kwargs)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filters apply to lists; a single row is found whatever its state."""
        return super().filter_queryset(queryset) if self.action == "list" else queryset

    @property
    def user(self) -> User:
        """The account of the request."""
        user = self.request.user
        assert isinstance(user, User)
        return user
