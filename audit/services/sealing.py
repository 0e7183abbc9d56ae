"""Adding entries to the chains of blocks. The database does the work; this module calls it repeatedly."""

from django.db import connection

AT_ONCE = 50_000
"""Entries per transaction: some seconds' work, so that a killed worker loses little. No writer has to wait."""


def seal_entries() -> int:
    """Seal every entry whose transaction is over; returns how many.

    Concurrent calls never seal an entry twice.

    Each portion is a transaction of its own. Returns at once when another worker is sealing.
    """
    sealed = 0
    while portion := _seal_portion():
        sealed += portion
    return sealed


def _seal_portion() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_seal(%s)", [AT_ONCE])
        return int(cursor.fetchone()[0] or 0)
