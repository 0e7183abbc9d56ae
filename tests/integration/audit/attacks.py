"""Attacks with all powers of the database: SQL with triggers and row-level security off, committed."""

import io
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from django.core.management import CommandError, call_command
from django.db import connections

TRAIL = ("audit_entry", "audit_block", "audit_chain")


@contextmanager
def all_powers(*tables: str) -> Iterator[Any]:
    """A cursor with full access to these tables and the trail's."""
    with connections["owner"].cursor() as cursor, ExitStack() as undoing:
        for table in {*TRAIL, *tables}:
            cursor.execute(
                "SELECT relforcerowsecurity, relrowsecurity FROM pg_class WHERE oid = %s::regclass", [table]
            )
            forced, _enabled = cursor.fetchone()
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            undoing.callback(cursor.execute, f"ALTER TABLE {table} ENABLE TRIGGER USER")
            if forced:
                cursor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
                undoing.callback(cursor.execute, f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        yield cursor


def findings(*arguments: str, **options: Any) -> str:
    """What `verify_audit` prints, which has to fail."""
    printed = io.StringIO()
    try:
        call_command("verify_audit", *arguments, stdout=printed, stderr=printed, **options)
    except CommandError as error:
        return f"{printed.getvalue()}{error}"
    raise AssertionError(f"nothing was found:\n{printed.getvalue()}")


def is_clean(*arguments: str, **options: Any) -> bool:
    """Whether `verify_audit` finds nothing."""
    printed = io.StringIO()
    call_command("verify_audit", *arguments, stdout=printed, stderr=printed, **options)
    return "0 findings" in printed.getvalue()
