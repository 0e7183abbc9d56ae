"""Rows that differ from their last entry in the trail: changed, added or removed while the triggers were off.

Only built-in SQL functions are used: the verification must not depend on functions that may have been changed.
"""

from collections.abc import Collection, Iterator
from typing import Any

from django.apps import apps
from django.db import connections
from django.db.models import ForeignKey

from audit.models import FollowedModel
from audit.queries.verifying import TrailFinding

_CHANGED = """
    SELECT t.id, last.id
    FROM {table} t LEFT JOIN LATERAL (
        SELECT e.id, e.new FROM audit_entry e WHERE e.table_name = '{table}' AND e.row_id = t.id ORDER BY e.id DESC LIMIT 1
    ) last ON true
    WHERE {scope} AND (last.id IS NULL OR ({now} <> last.new AND EXISTS (
        SELECT FROM jsonb_each({now}) now JOIN jsonb_each(last.new) said USING (key) WHERE now.value <> said.value)))
    ORDER BY t.id
"""
_GONE = """
    SELECT DISTINCT e.row_id FROM audit_entry e
    WHERE e.table_name = '{table}' AND e.trial_id IS NOT DISTINCT FROM %(trial_id)s
      AND NOT EXISTS (SELECT FROM {table} t WHERE t.id = e.row_id)
    ORDER BY 1
"""


def check_rows(*, trial_id: int | None, trial_code: str, using: str = "default") -> Iterator[TrailFinding]:
    """Rows of a trial (trial code "": of no trial) that differ from their last entry.

    Sealed tables, and sealed entries of tables of no trial, need a clearance.
    """
    for model in apps.get_models():
        if issubclass(model, FollowedModel) and (scope := _scope(model, trial_id)):
            asked = {"trial_id": trial_id, "trial_code": trial_code}
            yield from _changed(model, scope, asked, using)
            yield from _gone(model, asked, using)


def check_these_rows(
    model: type[FollowedModel], ids: Collection[int], *, using: str = "default"
) -> Iterator[TrailFinding]:
    """The rows among these, of one table, that differ from their last entry."""
    yield from _changed(model, "t.id = ANY(%(ids)s)", {"ids": list(ids)}, using)


def _scope(model: type[FollowedModel], trial_id: int | None) -> str:
    """The condition for the trial's rows (without a trial: those of no trial).

    Empty when the table can have none.
    """
    fields = {field.attname: field for field in model._meta.concrete_fields}
    column = model.trail_trial
    if column == "trial_code":
        return "t.trial_code = %(trial_code)s"
    if column not in fields:
        return "true" if trial_id is None else ""
    if trial_id is not None:
        return f"t.{column} = %(trial_id)s"
    is_always_of_a_trial = column == "id" or isinstance(fields[column], ForeignKey)
    return "" if is_always_of_a_trial else f"coalesce(t.{column}, 0) = 0"


def _changed(
    model: type[FollowedModel], scope: str, asked: dict[str, Any], using: str
) -> Iterator[TrailFinding]:
    table = model._meta.db_table
    query = _CHANGED.format(table=table, scope=scope, now=_as_the_trail_keeps_it(model))
    for row_id, entry_id in _rows(query, asked, using):
        what = f"differs from its last entry, {entry_id}" if entry_id else "has no entry at all"
        what = f"{table} {row_id} {what}: written behind the trail's back."
        yield TrailFinding("row", what, None, None, entry_id, table, row_id)


def _gone(model: type[FollowedModel], asked: dict[str, Any], using: str) -> Iterator[TrailFinding]:
    table = model._meta.db_table
    for (row_id,) in _rows(_GONE.format(table=table), asked, using):
        what = f"{table} {row_id} is gone, though nothing is ever deleted."
        yield TrailFinding("row", what, None, None, None, table, row_id)


def _as_the_trail_keeps_it(model: type[FollowedModel]) -> str:
    """The row as its entry stores it: secret columns by the SHA-256 of their text (audit/triggers.sql)."""
    secret = model.columns_kept_secret()
    unseen = ",".join((*model.trail_leaves_out, *secret))
    row = f"(to_jsonb(t) - '{{{unseen}}}'::text[])" if unseen else "to_jsonb(t)"
    digests = ", ".join(
        f"'sha256_of_{name}', encode(sha256(convert_to(t.{name}::text, 'UTF8')), 'hex')" for name in secret
    )
    return f"({row} || jsonb_build_object({digests}))" if digests else row


def _rows(query: str, asked: dict[str, Any], using: str) -> list[Any]:
    with connections[using].cursor() as cursor:
        cursor.execute(query, asked)
        found: list[Any] = cursor.fetchall()
        return found
