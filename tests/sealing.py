"""Sealing in tests: open transactions of other test processes on the same server delay the sealing."""

import time

from django.db import connection

from audit.models import Sealing
from audit.services import seal_entries

SECONDS_TO_WAIT = 240.0
"""Tests with shared rows keep one transaction open for a minute and more."""


def settle() -> int:
    """Wait until all earlier transactions have ended: their entries can be sealed from now on.

    Returns the number below which all have ended. Waits for numbers of transactions, never for entries: the
    application's role sees no sealed entries, so that a check of waiting entries would pass too early.
    """
    deadline, begun = time.monotonic() + SECONDS_TO_WAIT, _bound("xmax")
    while _bound("xmin") < begun:
        _wait_a_moment(deadline, f"a transaction before {begun} has not ended")
    return begun


def seal_everything() -> int:
    """Settle, then seal at once: always the same blocks. Returns how many entries were sealed."""
    begun = settle()
    deadline, sealed = time.monotonic() + SECONDS_TO_WAIT, seal_entries()
    while _horizon() < begun:  # another process was sealing
        _wait_a_moment(deadline, "another sealing has not ended")
        sealed += seal_entries()
    return sealed


def _wait_a_moment(deadline: float, what: str) -> None:
    if time.monotonic() > deadline:
        raise TimeoutError(f"{what} after {SECONDS_TO_WAIT:.0f} s")
    time.sleep(0.02)


def _horizon() -> int:
    return Sealing.objects.get().horizon


def _bound(end: str) -> int:
    """`xmax`: the next transaction's number; `xmin`: below it every transaction has ended."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_snapshot_{end}(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0])
