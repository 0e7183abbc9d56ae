"""The second entry of each opening of the seal, on a connection that the running transaction cannot roll back.

Each thread keeps one connection for it, opened at its first opening, because a web server's requests come from the same few
threads. It belongs to the application's role and holds no transaction open.
"""

import os
import threading
from typing import Any

import psycopg
from django.db import connection

from accounts.models import Clearance

_kept = threading.local()
LOG = "SELECT accounts_log_opening(%s, %s, %s, %s, %s, %s, %s, %s)"


def log_opening(clearance: Clearance) -> None:
    """Write the entry and commit it. Raises `psycopg.Error` when it cannot be written: then nothing may be opened."""
    values = [
        clearance.ground,
        clearance.actor_id,
        clearance.trial_id,
        clearance.participant_id,
        clearance.purpose,
        clearance.request_id,
        clearance.opened_at,
        clearance.transaction_id,
    ]
    try:
        _own_connection().execute(LOG, values)
    except psycopg.OperationalError:  # the server was restarted since: once more, on a new connection
        _close()
        _own_connection().execute(LOG, values)


def _own_connection() -> psycopg.Connection[Any]:
    """This thread's connection, in autocommit; a new one after a fork or when Django was pointed to another database."""
    wanted = (os.getpid(), connection.settings_dict["NAME"])
    if getattr(_kept, "belongs_to", None) != wanted or _kept.connection.closed:
        _close()
        _kept.connection, _kept.belongs_to = _connected(), wanted
    kept: psycopg.Connection[Any] = _kept.connection
    return kept


def _connected() -> psycopg.Connection[Any]:
    entry = connection.settings_dict
    options = {name: value for name, value in entry["OPTIONS"].items() if name != "pool"}
    return psycopg.connect(
        dbname=entry["NAME"],
        user=entry["USER"],
        password=entry["PASSWORD"],
        host=entry["HOST"],
        port=entry["PORT"] or None,
        autocommit=True,
        **options,
    )


def _close() -> None:
    """Close what this process opened; a connection inherited by a fork belongs to the parent and is left alone."""
    belongs_to, kept = getattr(_kept, "belongs_to", None), getattr(_kept, "connection", None)
    if kept is not None and belongs_to and belongs_to[0] == os.getpid():
        kept.close()
    _kept.connection = _kept.belongs_to = None
