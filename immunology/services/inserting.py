"""Inserts many new rows in one statement each thousand: a plate has ten thousand values.

Django's `bulk_create` converts every value of every column apart, which takes longer than everything else of an import.
Here the rows travel as one JSON text and the database types them. The statement fires the same triggers and obeys the same
constraints and seals.
"""

import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Model

ROWS_AT_ONCE = 5_000


def insert_rows(model: type[Model], rows: Sequence[Model]) -> None:
    """Insert validated rows. Their ids are given by the database and not read back."""
    columns = [field.attname for field in model._meta.concrete_fields if not field.primary_key]
    table, named = model._meta.db_table, ", ".join(columns)
    statement = (
        f"INSERT INTO {table} ({named}) SELECT {named} "  # noqa: S608 - names of our own model
        f"FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb)"
    )
    with connection.cursor() as cursor:
        for first in range(0, len(rows), ROWS_AT_ONCE):
            some = rows[first : first + ROWS_AT_ONCE]
            text = json.dumps(
                [{name: row.__dict__[name] for name in columns} for row in some], default=_plain
            )
            cursor.execute(statement, [text])


def _plain(value: Any) -> str:
    """Decimals and moments as text: no digit changes, a moment keeps its offset."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be inserted.")
