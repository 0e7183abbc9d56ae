"""The trail as pages of entries, in texts, along an index, so that memory does not grow with the number of entries."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import connections

from audit.models import FIRST_SEALED_ID
from audit.rules.chain import EntryLine

PAGE = 2000
"""Entries that are in memory at a time."""

_MOMENT = "to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
COLUMNS = ", ".join(
    (
        "e.id",
        _MOMENT.format("e.at"),
        _MOMENT.format("e.written_at"),
        "e.actor_id, e.actor_label, e.reason, e.request_id, e.trial_id, e.table_name, e.row_id, e.change",
        "e.old::text, e.new::text, e.sealed",
    )
)
"""Built-in functions only: verification must not depend on functions that may have been changed."""
_RANGE = f"""
SELECT {COLUMNS} FROM audit_entry e
WHERE e.trial_id IS NOT DISTINCT FROM %(trial_id)s AND e.id > %(after)s AND e.id <= %(last)s
  AND e.sealed = %(sealed)s AND (%(since)s::timestamptz IS NULL OR e.written_at >= %(since)s)
ORDER BY e.id LIMIT {PAGE}
"""  # noqa: S608
_BY_ID = f"SELECT {COLUMNS} FROM audit_entry e WHERE e.id = ANY(%(ids)s)"  # noqa: S608
_LAST = """
SELECT max(e.id) FROM audit_entry e
WHERE e.trial_id IS NOT DISTINCT FROM %(trial_id)s AND e.sealed = %(sealed)s
"""


def entry_pages(
    *, trial_id: int | None, sealed: bool, since: datetime | None = None, using: str = "default"
) -> Iterator[list[EntryLine]]:
    """The open (or the sealed) entries of a trial, in order, a page at a time, up to the last one at the start.

    Each page is a query of its own, so that a slow reader keeps no transaction open and does not block the sealing. An
    entry that was being committed at the start may be included or not. Sealed entries need an open clearance.
    """
    asked = {"trial_id": trial_id, "sealed": sealed, "since": since}
    last = _rows(_LAST, asked, using)[0][0]
    after = FIRST_SEALED_ID - 1 if sealed else 0
    while last is not None and after < last:
        page = [EntryLine(*row) for row in _rows(_RANGE, {**asked, "after": after, "last": last}, using)]
        if not page:
            return
        yield page
        after = page[-1].id


def lines_by_id(ids: Sequence[int], *, using: str = "default") -> dict[int, EntryLine]:
    """These entries, where they exist."""
    return {row[0]: EntryLine(*row) for row in _rows(_BY_ID, {"ids": list(ids)}, using)}


def _rows(query: str, parameters: dict[str, Any], using: str) -> list[Any]:
    with connections[using].cursor() as cursor:
        cursor.execute(query, parameters)
        found: list[Any] = cursor.fetchall()
        return found
