"""The history of one record: who changed what, when and why, in words.

Sealed records only for roles that may open them.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.dateparse import parse_datetime
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import SealedModel
from audit.choices import Change, reason_in_words
from audit.models import Entry, FollowedModel
from data_management.admin.record_names import column_in_words, kind_in_words
from trials.models import ProtocolVersion
from webkit.admin import RoleScopedAdmin
from webkit.admin.display import NOT_RECORDED, dates_in_words, moment, number, partial

TECHNICAL = frozenset(
    {"id", "version", "changed_at", "recorded_at", "source", "source_key", "dictionary_coding"}
)
"""Columns without information for a reader of the history."""
PARTIAL_DATES = frozenset({"onset", "worsened", "ended", "died", "occurred"})
SHOWN_AT_MOST = 200
NAMED_AT_MOST = 20
"""Up to this number, other records of one transaction are named by kind (own choice: one entry of a person has fewer).
"""
Labels = Mapping[str, Mapping[str, str]]
NO_LABELS: Labels = {}
CHANGED = "_was_changed"
"""The mark in the trail that a secret column changed (audit/triggers.sql)."""


@dataclass(frozen=True)
class FieldDifference:
    """One field: its name on the form, its value before (None for a first entry) and after."""

    label: str
    before: str | None
    after: str


@dataclass(frozen=True)
class HistoryStep:
    """One entry of the trail.

    `part` names the row when it is a part of the record; `together` is what else the same transaction wrote, as far as
    blinded people may read it; empty: nothing.
    """

    at: datetime
    who: str
    why: str
    word: str
    request_id: str
    differences: tuple[FieldDifference, ...]
    part: str = ""
    together: str = ""


def history_view(request: HttpRequest, table: str, row_id: int) -> HttpResponse:
    """The page; a person without the right to the record gets the same "not found" as for a missing one."""
    page = _page_of(table)
    if not page.has_view_permission(request):
        raise Http404
    with page.opened(request):
        record = page.get_object(request, str(row_id))
        if record is None or not page.has_view_permission(request, record):
            raise Http404
        steps = history_steps(record)
        context = {
            "title": _("History"),
            "subtitle": page.name_of(record),
            "opts": page.opts,
            "steps": steps,
            "record_url": page.url_of(record),
            "back_url": page.url_of(record),
        }
        return TemplateResponse(request, "data_management/history.html", context).render()


def _page_of(table: str) -> RoleScopedAdmin:
    for model in apps.get_models():
        page = admin.site._registry.get(model)
        if (
            model._meta.db_table == table
            and isinstance(page, RoleScopedAdmin)
            and issubclass(model, FollowedModel)
        ):
            return page
    raise Http404


def history_steps(record: models.Model) -> list[HistoryStep]:
    """The last changes of a record and of its parts, the newest first. Four queries and one per kind of part."""
    parts = {(record._meta.db_table, record.pk): record, **_parts_of(record)}
    rows = Q(pk__in=[])
    for table in {table for table, _pk in parts}:
        rows |= Q(table_name=table, row_id__in=[pk for one, pk in parts if one == table])
    entries = list(Entry.objects.filter(rows).order_by("-pk")[:SHOWN_AT_MOST])
    together = _written_together(entries)
    labels = labels_of(getattr(record, "trial_id", None))
    return [
        replace(
            step_of(entry, type(row), labels),
            part=capfirst(kind_in_words(type(row))) if row is not record else "",
            together=together.get(entry.transaction_id, ""),
        )
        for entry in entries
        for row in [parts[entry.table_name, entry.row_id]]
    ]


def _parts_of(record: models.Model) -> dict[tuple[str, int], models.Model]:
    """The rows that declare themselves parts of the record (the rates of a reading); never sealed ones."""
    return {
        (row._meta.db_table, row.pk): row
        for relation in record._meta.related_objects
        if _is_part(relation.related_model, relation.field.name)
        for row in relation.related_model._default_manager.filter(**{relation.field.name: record})
    }


def _is_part(model: Any, field_name: str) -> bool:
    is_open = issubclass(model, FollowedModel) and not model.trail_sealed
    return is_open and model.trail_part_of == field_name


def _written_together(entries: Iterable[Entry]) -> Mapping[int, str]:
    """Other writes of each transaction, in words.

    Sealed rows are never counted, not even where they are open.
    """
    own = Counter((entry.transaction_id, entry.table_name) for entry in entries if not entry.sealed)
    written = Entry.objects.filter(
        transaction_id__in={entry.transaction_id for entry in entries}, sealed=False
    )
    counted = written.values_list("transaction_id", "table_name").annotate(rows=Count("pk"))
    others: dict[int, Counter[str]] = defaultdict(Counter)
    for transaction_id, table, rows in counted:
        others[transaction_id][table] = rows - own[transaction_id, table]
    return {transaction_id: together_text(+tables) for transaction_id, tables in others.items()}


def together_text(tables: Mapping[str, int]) -> str:
    """Other records of one transaction, by table, in words: their kinds where they are few, else "many"."""
    if not tables:
        return ""
    if sum(tables.values()) > NAMED_AT_MOST:
        return _("one of more than %(limit)d records that were written in one go, as by an import") % {
            "limit": NAMED_AT_MOST
        }
    models_of = {model._meta.db_table: model for model in apps.get_models()}
    kinds = (
        f"{rows} {kind_in_words(models_of[table], rows)}"
        for table, rows in sorted(tables.items())
        if table in models_of
    )
    return _("together with %(records)s") % {"records": ", ".join(kinds)}


def labels_of(trial_id: int | None) -> Labels:
    """The protocol's labels of its codes; empty without a trial or before a protocol."""
    versions = ProtocolVersion.objects.filter(trial=trial_id)
    if trial_id is None or not versions.exists():
        return {}
    return ProtocolVersion.objects.protocol_of(trial_id=trial_id, on=None).labels()


def step_of(entry: Entry, model: type[models.Model], labels: Labels = NO_LABELS) -> HistoryStep:
    """An entry in words; `labels` are the protocol's labels of its codes, by column."""
    old, new = entry.old or {}, entry.new or {}
    return HistoryStep(
        entry.at,
        entry.actor_label,
        reason_in_words(entry.reason),
        _word_of(entry.change, old, new),
        entry.request_id,
        tuple(shown_changes(model, old, new, labels)),
    )


def _word_of(change: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """The kind of change: a voiding and a signature are more than a change."""
    for column, word in (("voided_at", _("Voided")), ("signed_at", _("Signed"))):
        if old and new.get(column) and not old.get(column):
            return word
    return str(Change(change).label)


def shown_changes(
    model: type[models.Model], old: Mapping[str, Any], new: Mapping[str, Any], labels: Labels = NO_LABELS
) -> Iterator[FieldDifference]:
    """The fields that changed, in the order of the model; of a first entry those that were filled in."""
    for column, after in new.items():
        before = old.get(column)
        is_derived = column.endswith(("_earliest_at", "_latest_at", "_precision"))
        if column in TECHNICAL or is_derived or before == after or (not old and after in (None, "", {}, [])):
            continue
        if column.endswith(CHANGED):
            secret = _field_of(model, column.removesuffix(CHANGED))
            label = column_in_words(secret) if secret else column
            yield FieldDifference(label, None, _("changed; what it holds is not kept"))
            continue
        field = _field_of(model, column)
        if field is not None:
            yield FieldDifference(
                column_in_words(field),
                value_in_words(field, before, labels) if old else None,
                value_in_words(field, after, labels),
            )


def _field_of(model: type[models.Model], column: str) -> models.Field[Any, Any] | None:
    try:
        return model._meta.get_field(column.removesuffix("_id"))  # type: ignore[return-value]
    except FieldDoesNotExist:
        return None


def value_in_words(field: models.Field[Any, Any], value: Any, labels: Labels = NO_LABELS) -> str:
    """A value of the trail in the format of the form."""
    if isinstance(value, str) and value in labels.get(field.name, {}):
        return _(labels[field.name][value])
    if value in (None, ""):
        return str(NOT_RECORDED)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return _in_words_of_its_type(field, value)


def _in_words_of_its_type(field: models.Field[Any, Any], value: Any) -> str:
    """A recorded value without choices: a date, a moment, another record or a number."""
    if isinstance(field, models.DateTimeField) and field.name not in PARTIAL_DATES:
        return moment(parse_datetime(str(value)))
    if isinstance(field, models.DateField) or field.name in PARTIAL_DATES:
        return partial(str(value))
    if isinstance(field, models.ForeignKey):
        return label_of(field.related_model, value)
    if isinstance(field, models.DecimalField | models.FloatField):
        return number(Decimal(str(value)))
    return _written_out(value)


def _written_out(value: Any) -> str:
    """A value that a rule stored beside its answer, as text: no brackets and quotes, dates as on pages."""
    if value in (None, "", [], {}):
        return str(NOT_RECORDED)
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_written_out(part)}" for key, part in value.items())
    if isinstance(value, list):
        return "; ".join(_written_out(part) for part in value)
    return dates_in_words(str(value))


def label_of(model: Any, pk: Any) -> str:
    """The name of a row that a record refers to; of a sealed one only its number."""
    if issubclass(model, SealedModel):
        return f"#{pk}"
    row = model.objects.filter(pk=pk).first()
    return str(row) if row is not None else f"#{pk}"


def history_page(admin_view: Callable[..., Callable[..., HttpResponseBase]]) -> URLPattern:
    """The address of a record's history, for the site's URL patterns; `admin_view` requires signing in."""
    return path("history/<slug:table>/<int:row_id>/", admin_view(history_view), name="row_history")
