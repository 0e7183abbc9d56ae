"""The address of the history page of a record, registered by the app that has the page."""

from django.db.models import Model
from django.urls import reverse

_addresses: list[str] = []


def register_history_page(address: str) -> None:
    """Register the address of the history page. It takes the table and the id of a row."""
    _addresses[:] = [address]


def history_url(table: str, row_id: int) -> str:
    """The history page of a row; empty when no app has such a page."""
    return reverse(_addresses[0], args=[table, row_id]) if _addresses else ""


def history_url_of(row: Model) -> str:
    """The history page of a saved row."""
    return history_url(row._meta.db_table, row.pk)
