"""Whether the database has the site's tables, asked before a command of ours runs."""

import fcntl
import sys
from pathlib import Path

from django.apps import apps
from django.core.management import call_command, get_commands
from django.db import OperationalError, connections
from django.db.migrations.executor import MigrationExecutor

from devserver.places import PROJECT, ServiceError, here
from devserver.urls import needed

NEED_NO_TABLES = frozenset(
    {"check_table", "collect_translations", "compile_translations", "migrate", "prepare_site"}
)
"""Commands of ours that read no table, or make the tables. Every other one is checked, a new one too."""
_REMEDY = "run `.venv/bin/python manage.py prepare_site` (or `make run`)"


def reads_tables(command: str) -> bool:
    """Whether it is a command of this project that reads or writes tables."""
    app = get_commands().get(command)
    return isinstance(app, str) and is_ours(app) and command not in NEED_NO_TABLES


def is_ours(app: str) -> bool:
    """Whether the app's code stands in this project's folder."""
    config = next((config for config in apps.get_app_configs() if config.name == app), None)
    return config is not None and Path(config.path).parent == PROJECT


def ensure_tables() -> None:
    """Prepare an empty embedded database as `prepare_site` does; refuse any other without all the tables.

    Raises ServiceError, one sentence that names the command to run.
    """
    if _is_empty() and "postgres" in needed():
        _prepare_once()
    if _is_empty():
        raise ServiceError(f"The database has no tables yet: {_REMEDY} first.")
    if count := _pending_migrations():
        migrations = "1 migration" if count == 1 else f"{count} migrations"
        raise ServiceError(f"The database lacks {migrations} of this version: {_REMEDY} first.")


def _prepare_once() -> None:
    """One process at a time: a second command finds the tables made."""
    with (here().run / "tables.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _is_empty():
            sys.stderr.write("The database is empty: preparing it …\n")
            call_command("prepare_site")


def _is_empty() -> bool:
    connection = connections["default"]
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('public.django_migrations') IS NULL")
            return bool(cursor.fetchone()[0])
    except OperationalError as error:
        said = str(error).strip().splitlines()[0]
        raise ServiceError(
            f"The database does not let the application in ({said}): set DATABASE_URL right, or, if it is new, {_REMEDY}."
        ) from error
    finally:
        connection.close()


def _pending_migrations() -> int:
    connection = connections["default"]
    try:
        executor = MigrationExecutor(connection)
        return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    finally:
        connection.close()
