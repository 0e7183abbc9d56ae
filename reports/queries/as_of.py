"""Rows as they stood at a moment: what was entered later is left out and counted, what was corrected later is
rewound.

The trail keeps the row before each change; the row at the cut-off is the one before the first later change. Rows come from
the database in chunks and are held by columns, so that a million of them is never there as a million mappings.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np
from django.db import models
from django.db.models import Func, Q
from django.db.models.expressions import Combinable

from audit.models import AuditedModel, Entry
from reports.frames.held import (
    CHUNK,
    UNKNOWN,
    Gathering,
    Held,
    Moments,
    PlainGathering,
    Row,
    WholeGathering,
    WordGathering,
    microseconds,
)


@dataclass(frozen=True)
class Past:
    """The rows of one table at a cut-off, by their columns' names and in the order of their ids.

    `entered_later` rows did not exist yet; `corrected_later` rows did, and stand here as they were.
    """

    rows: Held
    entered_later: int
    corrected_later: int

    @cached_property
    def standing(self) -> Held:
        """Those of the rows that were not void at the cut-off."""
        voided = self.rows.columns.get("voided_at")
        return self.rows.taken(~voided.known) if isinstance(voided, Moments) else self.rows

    @cached_property
    def by_id(self) -> Mapping[int, Row]:
        """The standing rows by their ids, in the order of these."""
        return {row["id"]: row for row in self.standing}


class Microseconds(Func):
    """A moment as microseconds since 1970, `UNKNOWN` when there is none: a number is read ten times faster than a date."""

    template = f"coalesce((extract(epoch FROM %(expressions)s) * 1000000)::bigint, '{UNKNOWN}'::bigint)"
    output_field = models.BigIntegerField()

    def get_db_converters(self, _connection: Any) -> list[Any]:
        """None: the number comes as one, and is not asked a million times whether it does."""
        return []


def rows_as_of(
    model: type[AuditedModel],
    *,
    trial_id: int,
    cutoff: datetime,
    columns: Sequence[str],
    known_at: datetime | None = None,
    among: Q | None = None,
) -> Past:
    """The trial's rows of an audited table as they stood at the cut-off. Two queries; sealed tables need a
    clearance.

    `known_at` takes the same rows as they stood at a later moment, `among` leaves out whatever does not fit now.
    `columns` are names of columns (`participant_id`, not `participant`); `id` is always among them.
    """
    names = ("id", "recorded_at", "changed_at", *columns)
    found = _read(model, Q(trial_id=trial_id) & (among or Q()), names)
    known = found.taken(found.numbers("recorded_at") <= microseconds(cutoff))
    moment = known_at or cutoff
    ids = known.numbers("id")
    changed = ids[known.numbers("changed_at") > microseconds(moment)]
    before = _before_later_changes(model, changed.tolist(), moment, names)
    rows = known.replaced(np.searchsorted(ids, list(before)), list(before.values()))
    return Past(rows, len(found) - len(known), len(before))


def _read(model: type[AuditedModel], which: Q, names: Sequence[str]) -> Held:
    """The rows in the order of their ids, in one query, chunk after chunk."""
    fields = _fields(model)
    wanted = [_expression(fields[name]) for name in names]
    rows = model._default_manager.filter(which).order_by("id").values_list(*wanted)
    held = Gathering({name: _gathering(fields[name]) for name in names})
    left = rows.iterator(chunk_size=CHUNK)
    while chunk := list(islice(left, CHUNK)):
        held.add(zip(*chunk, strict=True))
    return held.done()


def _fields(model: type[AuditedModel]) -> Mapping[str, "models.Field[Any, Any]"]:
    return {field.attname: field for field in model._meta.concrete_fields}


def _expression(field: "models.Field[Any, Any]") -> str | Combinable:
    return Microseconds(field.attname) if isinstance(field, models.DateTimeField) else field.attname


def _gathering(field: "models.Field[Any, Any]") -> WordGathering | WholeGathering | PlainGathering:
    if isinstance(field, models.DateTimeField):
        return WholeGathering(Moments)
    if field.primary_key:
        return WholeGathering()
    if isinstance(field, models.DecimalField | models.FloatField | models.JSONField):
        return PlainGathering()
    return WordGathering()


def _before_later_changes(
    model: type[AuditedModel], ids: Sequence[int], cutoff: datetime, names: Sequence[str]
) -> dict[int, Row]:
    """The rows of these ids before their first change after the cut-off, typed as the model types them."""
    if not ids:
        return {}
    later = Entry.objects.filter(
        table_name=model._meta.db_table, row_id__in=ids, at__gt=cutoff, change="UPDATE"
    )
    rows = later.order_by("row_id", "id").distinct("row_id").values_list("row_id", "old")
    fields = _fields(model)
    return {
        row_id: {name: _typed(fields[name], (old or {}).get(name)) for name in names} for row_id, old in rows
    }


def _typed(field: "models.Field[Any, Any]", value: Any) -> Any:
    """A value of the trail's JSON as the model's own type: moments aware, decimals exact."""
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    if isinstance(target, models.DecimalField) and value is not None:
        return target.to_python(str(value))
    return target.to_python(value)
