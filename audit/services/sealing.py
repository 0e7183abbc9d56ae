"""Putting entries into the chains of blocks. The database does it; this only asks it to, again and again."""

from django.db import connection

AT_ONCE = 50_000
"""Entries per transaction: some seconds' work, so that a killed worker loses little; no writer waits meanwhile."""


def seal_entries() -> int:
    """Seal every entry whose transaction is over; returns how many. None is sealed twice, whoever calls at once.

    Each portion is a transaction of its own. Ends at once when another worker is at it.
    """
    sealed = 0
    while portion := _seal_portion():
        sealed += portion
    return sealed


def _seal_portion() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_seal(%s)", [AT_ONCE])
        return int(cursor.fetchone()[0] or 0)
