"""Sealing in tests: transactions of other test processes on the same server hold the horizon back for a moment."""

import time

from django.db import connection

from audit.services import seal_entries

SECONDS_TO_WAIT = 60.0


def seal_everything() -> int:
    """Seal until nothing that is committed waits; returns how many entries were sealed."""
    deadline, sealed = time.monotonic() + SECONDS_TO_WAIT, seal_entries()
    while time.monotonic() < deadline and not _is_past_everything():
        time.sleep(0.02)
        sealed += seal_entries()
    return sealed


def _is_past_everything() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.horizon >= coalesce((SELECT max(e.transaction_id) + 1 FROM audit_entry e "
            "WHERE e.transaction_id < pg_snapshot_xmax(pg_current_snapshot())::text::bigint), 0) FROM audit_sealing s"
        )
        return bool(cursor.fetchone()[0])


def seal_at_once() -> int:
    """Wait until all transactions that began before have ended, then seal in one go: always the same blocks."""
    deadline, begun = time.monotonic() + SECONDS_TO_WAIT, _bound("xmax")
    while time.monotonic() < deadline and _bound("xmin") < begun:
        time.sleep(0.05)
    return seal_entries()


def _bound(end: str) -> int:
    """`xmax`: the next transaction's number; `xmin`: below it every transaction has ended."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_snapshot_{end}(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0])
