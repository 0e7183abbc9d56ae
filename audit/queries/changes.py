"""Changes in an order in which none is missed, for clients that poll for more.

`changed_at` is taken when a request begins, and its row becomes visible at the commit. A list "changed since" can
therefore miss a row for good. Here entries are ordered by transaction, and only those below the oldest running
transaction are returned: that part of the order is complete. A position is the number of an open entry; sealed entries
have numbers of their own, so that a position does not move when a sealed row is written.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL


@dataclass(frozen=True)
class ChangeEntry:
    """One open entry of the trail. `old` and `new` are the row before and after, as the trail stores it."""

    id: int
    table: str
    row_id: int
    old: dict[str, Any] | None
    new: dict[str, Any]


_AFTER = """
SELECT e.id, e.table_name, e.row_id, e.old, e.new
FROM audit_entry e
WHERE NOT e.sealed AND e.table_name = ANY(%(tables)s)
  AND (%(trials)s::bigint[] IS NULL OR e.trial_id = ANY(%(trials)s))
  AND e.transaction_id < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
  AND (%(after)s::bigint IS NULL
       OR (e.transaction_id, e.id) > (SELECT a.transaction_id, a.id FROM audit_entry a WHERE a.id = %(after)s))
ORDER BY e.transaction_id, e.id
LIMIT %(limit)s
"""
_IS_OPEN_ENTRY = "SELECT EXISTS (SELECT FROM audit_entry WHERE id = %s AND NOT sealed)"
_CHANGED_SINCE = """
SELECT e.row_id FROM audit_entry e
WHERE e.table_name = %s
  AND ((e.transaction_id >= (SELECT horizon FROM audit_sealing) AND clock_timestamp() >= %s)
       OR e.id IN (SELECT unnest(b.entry_ids) FROM audit_block b WHERE b.made_at >= %s))
"""


def changes_after(
    *, position: int | None, tables: Collection[str], trial_ids: Collection[int] | None, limit: int
) -> Sequence[ChangeEntry]:
    """The next entries after a position (None: from the beginning) of these tables and trials (None: all), in order.

    An entry of a committed transaction appears once every older transaction has ended too.
    """
    trials = None if trial_ids is None else sorted(trial_ids)
    asked = {"after": position, "tables": sorted(tables), "trials": trials, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(_AFTER, asked)
        return [ChangeEntry(*_read(row)) for row in cursor.fetchall()]


def is_position(number: int) -> bool:
    """Whether a number is a position: the number of an open entry."""
    with connection.cursor() as cursor:
        cursor.execute(_IS_OPEN_ENTRY, [number])
        return bool(cursor.fetchone()[0])


def changed_since(rows: QuerySet[Any], *, since: datetime) -> QuerySet[Any]:
    """The rows of a followed table that may have changed at or after a time.

    None is missed: a row counts as changed from the time when the block with its entry was made, which is after its
    commit, or while its entry is in no block yet. A row that changed shortly before the time may be among them.
    """
    changed = RawSQL(_CHANGED_SINCE, (rows.model._meta.db_table, since, since))  # noqa: S611
    return rows.filter(pk__in=changed)


def _read(row: tuple[Any, ...]) -> tuple[Any, ...]:
    number, table, row_id, old, new = row
    return number, table, row_id, _document(old), _document(new) or {}


def _document(value: Any) -> dict[str, Any] | None:
    """A JSON column as the driver returns it: text under Django's connection, or parsed already."""
    document: dict[str, Any] | None = json.loads(value) if isinstance(value, str) else value
    return document
