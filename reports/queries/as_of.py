"""Rows as they were at a time: rows entered later are left out and counted, later corrections are undone.

The trail has the row before each change; the row at the cut-off is the one before the first later change.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import Q

from audit.models import AuditedModel, Entry
from reports.frames.writing import Row

CHUNK = 10_000
"""Rows that are fetched from the database at once."""


@dataclass(frozen=True)
class Past:
    """The rows of one table at a cut-off, by their columns' names and in the order of their ids.

    `entered_later` rows did not exist yet; `corrected_later` rows did, and are here as they were.
    """

    rows: Sequence[Row]
    entered_later: int
    corrected_later: int

    @cached_property
    def standing(self) -> Sequence[Row]:
        """The rows that were not void at the cut-off."""
        return [row for row in self.rows if row.get("voided_at") is None]

    @cached_property
    def by_id(self) -> Mapping[int, Row]:
        """The rows that are not void by their ids, in this order."""
        return {row["id"]: row for row in self.standing}


def rows_as_of(
    model: type[AuditedModel],
    *,
    trial_id: int,
    cutoff: datetime,
    columns: Sequence[str],
    known_at: datetime | None = None,
    among: Q | None = None,
) -> Past:
    """The trial's rows of an audited table as they were at the cut-off.

    Two queries; sealed tables need a clearance.

    `known_at` returns the same rows as they were at a later time; `among` keeps only rows that fit now. `columns` are
    names of columns (`participant_id`, not `participant`); `id` is always among them.
    """
    names = ("id", "recorded_at", "changed_at", *columns)
    query = model._default_manager.filter(Q(trial_id=trial_id) & (among or Q())).order_by("id")
    found = list(query.values(*names).iterator(chunk_size=CHUNK))
    known = [row for row in found if row["recorded_at"] <= cutoff]
    moment = known_at or cutoff
    changed = [row["id"] for row in known if row["changed_at"] > moment]
    before = _before_later_changes(model, changed, moment, names)
    rows = [before.get(row["id"], row) for row in known] if before else known
    return Past(rows, len(found) - len(known), len(before))


def _before_later_changes(
    model: type[AuditedModel], ids: Sequence[int], cutoff: datetime, names: Sequence[str]
) -> dict[int, Row]:
    """The rows of these ids before their first change after the cut-off, with the types of the model."""
    if not ids:
        return {}
    later = Entry.objects.filter(
        table_name=model._meta.db_table, row_id__in=ids, at__gt=cutoff, change="UPDATE"
    )
    rows = later.order_by("row_id", "id").distinct("row_id").values_list("row_id", "old")
    fields = {field.attname: field for field in model._meta.concrete_fields}
    return {
        row_id: {name: _typed(fields[name], (old or {}).get(name)) for name in names} for row_id, old in rows
    }


def _typed(field: "models.Field[Any, Any]", value: Any) -> Any:
    """A value of the trail's JSON with the model's own type: times aware, decimals exact."""
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    if isinstance(target, models.DecimalField) and value is not None:
        return target.to_python(str(value))
    return target.to_python(value)
