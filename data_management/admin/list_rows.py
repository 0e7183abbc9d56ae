"""A list of the site as rows of text, exactly as its page shows it to the person, without pages of fifty."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any

from django.contrib.admin.utils import display_for_field, display_for_value, label_for_field, lookup_field
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import ForeignKey
from django.utils.html import strip_tags

MOST_ROWS = 50_000
"""Rows of one file; a longer list is narrowed by its filters first (own choice: what a spreadsheet opens in seconds)."""


@dataclass(frozen=True)
class ListContent:
    """Headings, and one line of text for each row, in the order of the page."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def list_content(shown: ChangeList) -> ListContent | None:
    """What a list shows this person, with its filters, search and order; None for more than `MOST_ROWS` rows."""
    names = [name for name in shown.list_display if name != "action_checkbox"]
    columns = tuple(_heading(name, shown) for name in names)
    found = list(shown.queryset[: MOST_ROWS + 1])
    if len(found) > MOST_ROWS:
        return None
    shown.model_admin.prepare_rows(found)  # type: ignore[attr-defined]
    return ListContent(columns, tuple(_row(names, record, shown) for record in found))


def _heading(name: Any, shown: ChangeList) -> str:
    label = label_for_field(name, shown.model, model_admin=shown.model_admin)
    return str(label[0] if isinstance(label, tuple) else label)


def _row(names: Sequence[Any], record: Any, shown: ChangeList) -> tuple[str, ...]:
    return tuple(_text(_cell(name, record, shown)) for name in names)


def _cell(name: Any, record: Any, shown: ChangeList) -> Any:
    empty = shown.model_admin.get_empty_value_display()
    try:
        field, attribute, value = lookup_field(name, record, shown.model_admin)
    except ObjectDoesNotExist:
        return empty
    if field is None:
        is_yes_or_no = getattr(attribute, "boolean", False)
        return display_for_value(value, empty, is_yes_or_no)
    if isinstance(field, ForeignKey):
        related = getattr(record, field.name)
        return empty if related is None else related
    return display_for_field(value, field, empty)


def _text(shown: Any) -> str:
    """A cell without its markup, on one line."""
    return " ".join(unescape(strip_tags(str(shown))).split())


def filters_of(parameters: Any) -> dict[str, str]:
    """The filters, the search and the order of an address, without what turns pages."""
    return {name: ", ".join(parameters.getlist(name)) for name in parameters if name not in ("p", "back")}
