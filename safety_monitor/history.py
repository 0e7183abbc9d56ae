"""The history of one record: who changed what, when and why, in words. Sealed records only for whoever may open them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts.admin import FIRST_ENTRY, RoleScopedAdmin
from accounts.admin.display import NOT_RECORDED, moment, partial
from accounts.models import SealedModel
from audit.choices import Change
from audit.models import Entry

TECHNICAL = frozenset(
    {"id", "version", "changed_at", "recorded_at", "source", "source_key", "dictionary_coding"}
)
"""Columns that say nothing a reader of the history asks for."""
PARTIAL_DATES = frozenset({"onset", "ended", "died"})
SHOWN_AT_MOST = 200


@dataclass(frozen=True)
class Difference:
    """One field: its name on the form, its value before (None for a first entry) and after."""

    label: str
    before: str | None
    after: str


@dataclass(frozen=True)
class Step:
    """One entry of the trail."""

    at: datetime
    who: str
    why: str
    word: str
    differences: tuple[Difference, ...]


def history_view(request: HttpRequest, table: str, row_id: int) -> HttpResponse:
    """The page; whoever may not see the record gets the same "not found" as for one that is not there."""
    page = _page_of(table)
    if not page.has_view_permission(request):
        raise Http404
    with page.opened(request):
        record = page.get_object(request, str(row_id))
        if record is None or not page.has_view_permission(request, record):
            raise Http404
        entries = list(Entry.objects.of_row(table=table, row_id=row_id).order_by("-pk")[:SHOWN_AT_MOST])
        steps = [step_of(entry, page.model) for entry in entries]
        context = {
            "title": _("History"),
            "subtitle": page.name_of(record),
            "opts": page.opts,
            "steps": steps,
            "record_url": page.url_of(record),
            "back_url": page.url_of(record),
        }
        return TemplateResponse(request, "safety_monitor/history.html", context).render()


def _page_of(table: str) -> RoleScopedAdmin:
    for model in apps.get_models():
        page = admin.site._registry.get(model)
        if model._meta.db_table == table and isinstance(page, RoleScopedAdmin) and hasattr(model, "version"):
            return page
    raise Http404


def step_of(entry: Entry, model: type[models.Model]) -> Step:
    """An entry in words."""
    old, new = entry.old or {}, entry.new or {}
    why = _(entry.reason) if entry.reason == FIRST_ENTRY else entry.reason
    return Step(
        entry.at,
        entry.actor_label,
        why,
        str(Change(entry.change).label),
        tuple(differences(model, old, new)),
    )


def differences(
    model: type[models.Model], old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[Difference]:
    """The fields that changed, in the order of the model; of a first entry those that were filled in."""
    for column, after in new.items():
        before = old.get(column)
        is_derived = column.endswith(("_earliest_at", "_latest_at", "_precision"))
        if column in TECHNICAL or is_derived or before == after or (not old and after in (None, "", {}, [])):
            continue
        field = _field_of(model, column)
        if field is not None:
            yield Difference(
                str(field.verbose_name).capitalize(),
                in_words(field, before) if old else None,
                in_words(field, after),
            )


def _field_of(model: type[models.Model], column: str) -> models.Field[Any, Any] | None:
    try:
        return model._meta.get_field(column.removesuffix("_id"))  # type: ignore[return-value]
    except FieldDoesNotExist:
        return None


def in_words(field: models.Field[Any, Any], value: Any) -> str:
    """A value of the trail as the form shows it."""
    if value in (None, ""):
        return str(NOT_RECORDED)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if field.name in PARTIAL_DATES:
        return partial(str(value))
    if isinstance(field, models.DateTimeField):
        return moment(parse_datetime(str(value)))
    if isinstance(field, models.ForeignKey):
        return label_of(field.related_model, value)
    return str(value)


def label_of(model: Any, pk: Any) -> str:
    """The name of a row that a record points to; of a sealed one only its number."""
    if issubclass(model, SealedModel):
        return f"#{pk}"
    row = model.objects.filter(pk=pk).first()
    return str(row) if row is not None else f"#{pk}"
