"""Checks of every entry: only known fields are corrected, and nothing is recorded before it has happened."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from audit.models import AuditedModel
from partial_dates import local_date


def check_correctable(changes: Mapping[str, Any], allowed: frozenset[str]) -> None:
    """Raise ValidationError for the first field that may not be corrected."""
    for name in sorted(set(changes) - allowed):
        message = _("%(field)s: cannot be corrected here; correctable are: %(allowed)s.")
        params = {"field": name, "allowed": ", ".join(sorted(allowed))}
        raise ValidationError({name: ValidationError(message, code="not_correctable", params=params)})


def check_seen(row: AuditedModel, seen_version: int | None) -> None:
    """Raise ValidationError when the record changed after the version on which the change is based."""
    if seen_version is not None and row.version != seen_version:
        message = _(
            "Seen version: %(seen)s, but the record is at version %(current)s; read it again, then enter the change."
        )
        params = {"seen": seen_version, "current": row.version}
        raise ValidationError(
            {"seen_version": ValidationError(message, code="version_is_old", params=params)}
        )


def check_not_future(row: Model, fields: Mapping[str, str], *, at: datetime, zone: str) -> None:
    """Raise ValidationError for every date (a day in `zone`) or time of the row that is later than `at`.

    `fields`: the named field to the attribute with its earliest time.
    """
    errors = {}
    for name, attribute in fields.items():
        value: date | datetime | None = getattr(row, attribute)
        limit = at if isinstance(value, datetime) else local_date(at, zone)
        if value is not None and value > limit:  # both times or both days
            errors[name] = _future(row, name, value)
    if errors:
        raise ValidationError(errors)


def _future(row: Model, name: str, value: date | datetime) -> ValidationError:
    message = _("%(field)s: %(value)s lies in the future; only what has happened is recorded.")
    label = capfirst(str(getattr(row._meta.get_field(name), "verbose_name", name)))
    return ValidationError(message, params={"field": label, "value": value})
