"""A database and a broker for one measurement, separate from a site's own, and removed afterwards."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import psycopg

from devserver import urls
from devserver.lease import ensure_services
from devserver.places import Places, make_private
from devserver.valkey import Valkey


@contextlib.contextmanager
def own_site(name: str) -> Iterator[None]:
    """Set a new database and a new broker in the environment, for this process and its children.

    Enter it before Django reads its settings. The database is empty: migrate it.
    """
    ensure_services()
    database, entries = f"{name}_{os.getpid()}", urls.databases()
    owner = _client(entries["owner"])
    owner.execute(f"CREATE DATABASE {database}")
    folder = Path(tempfile.mkdtemp(prefix="safety-bench-"))  # short: a socket's path has a limited length
    places = Places(var=folder)
    for needed in (places.run, places.logs):
        make_private(needed)
    broker = Valkey(places)
    broker.start()
    os.environ |= {
        "DATABASE_URL": _address(entries["default"], database),
        "DATABASE_OWNER_URL": _address(entries["owner"], database),
        "CELERY_BROKER_URL": f"redis+socket://{places.valkey_socket}?virtual_host=0",
    }
    try:
        yield
    finally:
        _let_go()
        broker.stop()
        shutil.rmtree(folder)
        owner.execute(f"DROP DATABASE {database}")
        owner.close()


def _let_go() -> None:
    """Close Django's connections: a database in use is not dropped."""
    from django.db import connections

    connections.close_all()


def _client(entry: dict[str, Any]) -> psycopg.Connection[Any]:
    return psycopg.connect(
        dbname=entry["NAME"],
        user=entry["USER"],
        password=entry["PASSWORD"],
        host=entry["HOST"],
        port=entry["PORT"] or None,
        autocommit=True,
    )


def _address(entry: dict[str, Any], database: str) -> str:
    login = f"{quote(entry['USER'])}:{quote(entry['PASSWORD'])}"
    place = urlencode({"host": entry["HOST"], "port": entry["PORT"]})
    return f"postgresql://{login}@/{database}?{place}"
