"""Lists that stay right at any size: pages by key, also for equal or missing values.

Unknown parameters are refused.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db.models import Model, Q, QuerySet
from django.forms import Form
from django.forms.utils import ErrorList
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ValidationError
from rest_framework.filters import OrderingFilter
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from webkit.api.pagination import CursorPagination
from webkit.forms.refusals import sentences

Key = list[Any]


class NamedFilters(DjangoFilterBackend):
    """The filters of a list. A refusal names the filter, the value and the rule, as for a form's fields."""

    def filter_queryset(  # type: ignore[override]  # REST framework's own request, which the stubs do not name
        self, request: Request, queryset: QuerySet[Any], view: APIView
    ) -> QuerySet[Any]:
        filters = self.get_filterset(request, queryset, view)
        if filters is None:
            return queryset
        form = filters.form
        if not form.is_valid():
            raise ValidationError(
                {name: _refused(form, name, errors) for name, errors in form.errors.items()}
            )
        found: QuerySet[Any] = filters.qs
        return found


class NamedOrdering(OrderingFilter):
    """Ordering by the names that the view gives (`ordering_columns`); another name is refused, not ignored."""

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: APIView) -> tuple[str, ...]:  # noqa: ARG002
        columns: dict[str, str] = view.ordering_columns  # type: ignore[attr-defined]
        wished = request.query_params.get(self.ordering_param, "")
        names = [name.strip() for name in wished.split(",") if name.strip()] or list(view.ordering)  # type: ignore[attr-defined]
        unknown = [name for name in names if name.lstrip("-") not in columns]
        if unknown:
            sentence = _("Ordering: %(given)s is not known; the names are %(known)s.")
            raise ValidationError(
                {"ordering": sentence % {"given": ", ".join(unknown), "known": ", ".join(columns)}}
            )
        if len({name.lstrip("-") for name in names}) < len(names):
            raise ValidationError({"ordering": _("Ordering: a name stands twice; name each once.")})
        return tuple(("-" if name.startswith("-") else "") + columns[name.lstrip("-")] for name in names)

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: APIView) -> QuerySet[Any]:
        self.get_ordering(request, queryset, view)
        return queryset

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        columns: dict[str, str] = view.ordering_columns  # type: ignore[attr-defined]
        names = ", ".join(f"`{name}`" for name in columns)
        return [
            {
                "name": self.ordering_param,
                "required": False,
                "in": "query",
                "description": f"Comma-separated, `-` for descending: {names}.",
                "schema": {"type": "string"},
            }
        ]


class KeysetPagination(CursorPagination):
    """Pages by the key of the last row (ordering columns, then id): equal and missing values lose or repeat no row.

    PostgreSQL's order: missing values first when descending, last when ascending. A cursor is valid for the ordering
    that it was made with.
    """

    base_url = ""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.request, self.base_url = request, request.build_absolute_uri()
        self.page_size = self.get_page_size(request)
        self.order = self._whole_order(self.get_ordering(request, queryset, view))
        backwards, key = self._position(request, queryset.model)
        order = [_turned(name) for name in self.order] if backwards else self.order
        rows = queryset.order_by(*order)
        found = list((rows.filter(_after(key, order)) if key else rows)[: self.page_size + 1])
        more = len(found) > self.page_size
        self.page = found[: self.page_size]
        if backwards:
            self.page.reverse()
        self.has_next, self.has_previous = (True, more) if backwards else (more, key is not None)
        return self.page

    def get_page_size(self, request: Request) -> int:
        """The requested number of rows.

        Raises ValidationError for anything but a number from 1 to the largest page size.
        """
        given = request.query_params.get(self.page_size_query_param)
        if given is None:
            return CursorPagination.page_size
        most = CursorPagination.max_page_size
        is_number = given.isascii() and given.isdecimal() and len(given) <= len(str(most))
        if not is_number or not 1 <= int(given) <= most:
            sentence = _("Page size: “%(value)s” is not a whole number from 1 to %(most)d.")
            raise ValidationError({"page_size": sentence % {"value": given[:40], "most": most}})
        return int(given)

    def get_next_link(self) -> str | None:
        return self._link(self.page[-1], backwards=False) if self.has_next and self.page else None

    def get_previous_link(self) -> str | None:
        return self._link(self.page[0], backwards=True) if self.has_previous and self.page else None

    def _whole_order(self, ordering: Sequence[str]) -> list[str]:
        """The ordering with the id at the end, in the direction of its first column, so that no two rows are equal."""
        order = (
            [name for name in ordering if name.lstrip("-") != "id"] if len(ordering) > 1 else list(ordering)
        )
        if order[-1].lstrip("-") != "id":
            order.append("-id" if order[0].startswith("-") else "id")
        return order

    def _link(self, row: Model, *, backwards: bool) -> str:
        key = [_plain(getattr(row, name.lstrip("-"))) for name in self.order]
        written = json.dumps({"by": self.order, "key": key, "back": backwards})
        cursor = urlsafe_b64encode(written.encode()).decode().rstrip("=")
        return replace_query_param(self.base_url, self.cursor_query_param, cursor)

    def _position(self, request: Request, model: type[Model]) -> tuple[bool, Key | None]:
        """Whether to go backwards, and the key to continue from.

        Raises ValidationError for a cursor that is not ours.
        """
        cursor = request.query_params.get(self.cursor_query_param)
        if not cursor:
            return False, None
        try:
            said = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
            if said["by"] != self.order or len(said["key"]) != len(self.order):
                raise ValueError
            fields = [model._meta.get_field(name.lstrip("-")) for name in self.order]
            key = [field.to_python(value) for field, value in zip(fields, said["key"], strict=True)]  # type: ignore[union-attr]
            if any("\0" in value for value in key if isinstance(value, str)):
                raise ValueError
            return said["back"] is True, key
        except (
            ValueError,
            TypeError,
            KeyError,
            OverflowError,
            RecursionError,
            DjangoValidationError,
        ) as error:
            sentence = _("Cursor: not one of this list in this ordering; start again without it.")
            raise ValidationError({"cursor": sentence}) from error


def refuse_unknown_parameters(request: Request, known: set[str]) -> None:
    """Raise ValidationError for query parameters that nothing reads: a misspelt filter must not list everything."""
    unknown = sorted(set(request.query_params) - known)
    if unknown:
        sentence = _("%(name)s: not a parameter of this list.")
        raise ValidationError({name: sentence % {"name": name} for name in unknown})


def _refused(form: Form, name: str, errors: ErrorList) -> list[str]:
    """The error of one filter, in words."""
    error = DjangoValidationError(errors.as_data())
    return sentences(
        error, label=name.replace("_", " "), value=form.data.get(name), field=form.fields.get(name)
    )


def _turned(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, (int, str)) else str(value)


def _after(key: Key, order: Sequence[str]) -> Q:
    """The rows after the one with this key. The first conjunct alone already bounds the index scan."""
    behind = Q(pk__in=[])
    equal = Q()
    for name, value in zip(order, key, strict=True):
        behind |= equal & _beyond(name, value)
        equal &= _equals(name, value)
    return (_beyond(order[0], key[0]) | _equals(order[0], key[0])) & behind if len(order) > 1 else behind


def _beyond(name: str, value: Any) -> Q:
    column = name.lstrip("-")
    if name.startswith("-"):
        return Q(**{f"{column}__isnull": False}) if value is None else Q(**{f"{column}__lt": value})
    if value is None:
        return Q(pk__in=[])
    later = Q(**{f"{column}__gt": value})
    return later if column == "id" else later | Q(**{f"{column}__isnull": True})


def _equals(name: str, value: Any) -> Q:
    column = name.lstrip("-")
    return Q(**{f"{column}__isnull": True}) if value is None else Q(**{column: value})
