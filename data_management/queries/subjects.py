"""Which records can be asked about and verified, and how they look now.

Open records about a participant, or about a site as a whole. Sealed ones are not among them: a query or a mark would tell
blinded people that they are there.
"""

from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from audit.models import AuditedModel
from trials.queries import tables_closed_by_locks

NOT_ASKED_ABOUT = frozenset({"id", "trial", "participant", "version", "changed_at", "recorded_at", "source"})
"""Columns that say where a row belongs, or how it came in."""
NO_SUCH_RECORD = _("Record: there is none of that kind and number, or it takes no query.")


@cache
def subject_models() -> dict[str, type[AuditedModel]]:
    """The models of records that can be asked about, by their label in lower case."""
    return {
        closed.model._meta.label_lower: closed.model
        for closed in tables_closed_by_locks()
        if not closed.parent_table and issubclass(closed.model, AuditedModel)
    }


def subject_of(*, subject: str, subject_id: int) -> Any:
    """The record with its trial and site. Raises ValidationError when there is none, or when it is sealed."""
    model: Any = subject_models().get(subject)
    row = model._default_manager.filter(pk=subject_id).select_related("trial").first() if model else None
    if row is None:
        raise ValidationError({"subject_id": ValidationError(NO_SUCH_RECORD, code="no_record")})
    return row


def participant_of_record(record: Any) -> Any:
    """The participant that a record is about; None for one of a site as a whole."""
    return record if record._meta.label_lower == "trials.participant" else record.participant


def site_of_record(record: Any) -> Any:
    """The site that a record belongs to."""
    person = participant_of_record(record)
    return person.site if person is not None else record.site


def fields_asked_about(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """The fields of a record that a person enters, in their order on the form."""
    return [
        field
        for field in model._meta.concrete_fields
        if field.editable and not field.primary_key and field.name not in NOT_ASKED_ABOUT
    ]


def field_asked_about(model: type[models.Model], name: str) -> models.Field[Any, Any] | None:
    """The field of that name; None for the record as a whole, and for a name that the record does not have."""
    try:
        field = model._meta.get_field(name) if name else None
    except FieldDoesNotExist:
        return None
    return field if field in fields_asked_about(model) else None


def plain_value(record: models.Model, field_name: str) -> Any:
    """A field as the trail keeps it: text, number, yes/no, or null; the record as a whole has none."""
    field = field_asked_about(type(record), field_name)
    value = getattr(record, field.attname) if field is not None else None
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
