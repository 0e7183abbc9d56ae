"""Conversion of a rule's refusals to Django's error, in the reader's language, each at its field."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Model
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext

FIELD_NAMES = ("field", "lower", "upper")
"""Places of a sentence that a rule fills with the name of a column."""
MOMENT = "d M Y, H:i T"
MOMENT_IN_FRENCH = "d N Y, H:i T"
"""As pages write it; in French the month has its full stop."""
COLUMNS = "criteria"
"""The place of a sentence that a rule fills with names of columns, with commas between."""
_UNIT = re.compile(r" \([^)]*\)$")


class RuleMessage(Protocol):
    """A message of a rule about one field: a refusal, or a remark, which also has a code."""

    @property
    def field(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def params(self) -> Mapping[str, Any]: ...


def raise_refusals(refusals: Iterable[RuleMessage], model: type[Model]) -> None:
    """Raise ValidationError with every refusal; nothing when there is none.

    Columns get the names they have in `model`.
    """
    found = list(refusals)
    if found:
        raise validation_error(found, model)


def validation_error(refused: Iterable[RuleMessage], model: type[Model]) -> ValidationError:
    """The sentences of rules, in the reader's language, at their fields."""
    by_field: dict[str, list[ValidationError]] = defaultdict(list)
    for each in refused:
        sentence = ValidationError(localised(each, model), code=getattr(each, "code", None))
        by_field[each.field].append(sentence)
    return ValidationError(dict(by_field))


def localised(said: RuleMessage, model: type[Model]) -> str:
    """One sentence as a reader sees it: columns by their names on the page, times in the page's zone."""
    params = {place: _shown(place, value, model) for place, value in said.params.items()}
    words = gettext(said.message)
    return words % params if params else words


def _shown(place: str, value: Any, model: type[Model]) -> Any:
    if place in FIELD_NAMES:
        name = _name_of(str(value), model)
        return name if place == "upper" else capfirst(name)
    if place == COLUMNS:
        return ", ".join(_name_of(column, model) for column in str(value).split(", "))
    if isinstance(value, datetime):
        in_french = (get_language() or "").startswith("fr")
        return date_format(timezone.localtime(value), MOMENT_IN_FRENCH if in_french else MOMENT)
    return _answer(place, value, model) if isinstance(value, str) else value


def _answer(place: str, value: str, model: type[Model]) -> str:
    """The label of an answer where the column has choices."""
    try:
        choices = model._meta.get_field(place).choices or ()  # type: ignore[union-attr]
    except FieldDoesNotExist:
        return value
    return next((str(label) for code, label in choices if code == value), value)


def _name_of(column: str, model: type[Model]) -> str:
    """The name on the page, without its unit, because the sentence has the unit beside the value."""
    try:
        field = model._meta.get_field(column)
    except FieldDoesNotExist:
        return column
    return _UNIT.sub("", str(getattr(field, "verbose_name", column)))
