"""Rows that are not what the trail last said of them: changed, added or removed while its triggers were off."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connections

from audit.models import FollowedModel
from audit.queries.verifying import Finding

_CHANGED = """
    SELECT t.id, last.id
    FROM {table} t LEFT JOIN LATERAL (
        SELECT e.id, e.new FROM audit_entry e WHERE e.table_name = '{table}' AND e.row_id = t.id ORDER BY e.id DESC LIMIT 1
    ) last ON true
    WHERE {scope} AND (last.id IS NULL OR EXISTS (
        SELECT FROM jsonb_each(to_jsonb(t)) now JOIN jsonb_each(last.new) said USING (key) WHERE now.value <> said.value))
    ORDER BY t.id
"""
_GONE = """
    SELECT DISTINCT e.row_id FROM audit_entry e
    WHERE e.table_name = '{table}' AND e.trial_id IS NOT DISTINCT FROM %(trial_id)s
      AND NOT EXISTS (SELECT FROM {table} t WHERE t.id = e.row_id)
    ORDER BY 1
"""


def check_rows(*, trial_id: int | None, trial_code: str, using: str = "default") -> Iterator[Finding]:
    """Rows of a trial (trial code "": of no trial) that differ from their last entry. Sealed tables need a clearance."""
    for model in apps.get_models():
        if issubclass(model, FollowedModel) and (scope := _scope(model, trial_id)):
            yield from _check_table(model, scope, {"trial_id": trial_id, "trial_code": trial_code}, using)


def _scope(model: type[FollowedModel], trial_id: int | None) -> str:
    """Which rows are the trial's (without one: those of no trial); empty when none of the table's can be."""
    column = model.trail_trial
    if column == "trial_code":
        return "t.trial_code = %(trial_code)s"
    if column == "trial_id" and not any(field.name == "trial" for field in model._meta.concrete_fields):
        return "true" if trial_id is None else ""
    return f"t.{column} = %(trial_id)s" if trial_id is not None else ""


def _check_table(
    model: type[FollowedModel], scope: str, asked: dict[str, Any], using: str
) -> Iterator[Finding]:
    table = model._meta.db_table
    with connections[using].cursor() as cursor:
        cursor.execute(_CHANGED.format(table=table, scope=scope), asked)
        for row_id, entry_id in cursor.fetchall():
            what = f"differs from its last entry, {entry_id}" if entry_id else "has no entry at all"
            what = f"{table} {row_id} {what}: written behind the trail's back."
            yield Finding("row", what, None, None, entry_id, table, row_id)
        cursor.execute(_GONE.format(table=table), asked)
        for (row_id,) in cursor.fetchall():
            what = f"{table} {row_id} is gone, though nothing is ever deleted."
            yield Finding("row", what, None, None, None, table, row_id)
