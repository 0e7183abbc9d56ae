"""Whether the database has the site's tables, checked before a command of ours runs."""

import fcntl
import sys
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command, get_commands
from django.db import OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.exceptions import InconsistentMigrationHistory
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

NEED_NO_TABLES = frozenset({"check_table", "compile_translations", "migrate", "prepare_site"})
"""Commands of ours that read no table, or make the tables. Every other one is checked, a new one too."""
_REMEDY = "run `.venv/bin/python manage.py prepare_site` (or `make run`)"


def reads_tables(command: str) -> bool:
    """Whether it is a command of this project that reads or writes tables."""
    app = get_commands().get(command)
    return isinstance(app, str) and is_ours(app) and command not in NEED_NO_TABLES


def is_ours(app: str) -> bool:
    """Whether the app's code is in this project's folder."""
    config = next((config for config in apps.get_app_configs() if config.name == app), None)
    return config is not None and Path(config.path).parent == settings.BASE_DIR


def ensure_tables() -> None:
    """Prepare an empty embedded database as `prepare_site` does; refuse any other without all the tables.

    Raises CommandError, one sentence that names the command to run.
    """
    if _is_empty() and settings.PREPARES_EMPTY_DATABASE:
        _prepare_once()
    if _is_empty():
        raise CommandError(f"The database has no tables yet: {_REMEDY} first.")
    refuse_foreign_history(connections["default"])
    if count := _pending_migrations():
        migrations = "1 migration" if count == 1 else f"{count} migrations"
        raise CommandError(f"The database lacks {migrations} of this version: {_REMEDY} first.")


def refuse_foreign_history(connection: BaseDatabaseWrapper) -> None:
    """Refuse a database whose applied migrations are not those of this version.

    Raises CommandError, one sentence: there is no migration from such tables to ours.
    """
    loader = MigrationLoader(connection)
    unknown = sorted(set(loader.applied_migrations) - set(loader.disk_migrations))
    try:
        loader.check_consistent_history(connection)
    except InconsistentMigrationHistory:
        reason = "the migrations in it were applied in another order"
    else:
        reason = f"this one has no migration {'.'.join(unknown[0])}" if unknown else ""
    if reason:
        raise CommandError(
            f"The database was made by another version ({reason}): run that version, or remove all data with "
            "`make reset` (on a server of your own, name a new database)."
        )


def _prepare_once() -> None:
    """One process at a time: a second command finds the tables ready."""
    with (settings.VAR_DIR / "tables.lock").open("a") as lock:
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
        raise CommandError(
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
