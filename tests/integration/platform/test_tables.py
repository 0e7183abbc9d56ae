"""A command on a database without tables prepares them, or says in one sentence what to run."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg
import pytest
from django.core.management import get_commands

from devserver import urls
from devserver.places import PROJECT
from safety_monitor.tables import NEED_NO_TABLES, is_ours, reads_tables
from tests.plugins.databases import RUN_VARIABLE, Cloner, TestServer
from tests.plugins.sites import environment_of


def run(*words: str, environ: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *words], cwd=PROJECT, env=environ, capture_output=True, text=True, check=False
    )


@pytest.fixture
def empty_folder(make_folder: Callable[[str], Path]) -> Path:
    return make_folder("tables") / "var"


@pytest.fixture
def empty_database(django_db_setup: None) -> Iterator[str]:
    server = TestServer(os.environ[RUN_VARIABLE])
    name = f"{server.prefix}empty_{os.getpid()}"
    server.create(name)
    yield name
    server.drop(name)


def test_import_on_an_empty_embedded_database_prepares_it(empty_folder: Path) -> None:
    protocol = PROJECT / "protocols" / "cdisc-pilot.toml"
    words = ("manage.py", "import_sdtm", str(empty_folder), "--protocol", str(protocol))

    first = run(*words, environ=environment_of(empty_folder))
    second = run(*words, environ=environment_of(empty_folder))

    assert first.stderr.startswith("The database is empty: preparing it …\n")
    assert "Nothing was imported" in first.stderr  # the folder holds no data sets
    assert "Nothing was imported" in second.stderr
    assert "preparing" not in second.stderr
    assert "Traceback" not in first.stderr + second.stderr


def environment_with(database: str, *, default_as: str = "default") -> dict[str, str]:
    """The environment of a site whose database is named by address."""
    roles = urls.databases()

    def address(role: str) -> str:
        entry = roles[role]
        login = f"{quote(entry['USER'])}:{quote(entry['PASSWORD'])}"
        return f"postgresql://{login}@/{database}?{urlencode({'host': entry['HOST'], 'port': entry['PORT']})}"

    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "safety_monitor.settings",
        "DATABASE_URL": address(default_as),
        "DATABASE_OWNER_URL": address("owner"),
        "CELERY_BROKER_URL": "redis://127.0.0.1:1/0",
        "DJANGO_SECRET_KEY": "of this test alone, and long enough to be taken as a key",
    }


def test_command_on_another_database_without_tables_says_what_to_run(
    django_db_setup: None, empty_database: str
) -> None:
    done = run("manage.py", "verify_audit", environ=environment_with(empty_database, default_as="owner"))

    assert done.returncode == 1
    assert done.stderr == (
        "The database has no tables yet: run `.venv/bin/python manage.py prepare_site` (or `make run`) first.\n"
    )


def test_database_of_an_older_version_is_refused_in_one_sentence(clone_database: Cloner) -> None:
    older = clone_database("older")
    with psycopg.connect(environment_with(older)["DATABASE_OWNER_URL"], autocommit=True) as owner:
        owner.execute(
            "DELETE FROM django_migrations WHERE id = (SELECT max(id) FROM django_migrations WHERE app = 'dsmb')"
        )

    done = run("manage.py", "seal_audit", environ=environment_with(older))

    assert done.returncode == 1
    assert done.stderr.startswith("The database lacks 1 migration of this version: run `")
    assert done.stderr.count("\n") == 1


HISTORIES = {
    "unknown": "INSERT INTO django_migrations (app, name, applied) VALUES ('events', '0042_of_another_version', now())",
    "another order": "DELETE FROM django_migrations WHERE app = 'accounts'",
}


@pytest.mark.parametrize(
    ("history", "reason"),
    [
        ("unknown", "this one has no migration events.0042_of_another_version"),
        ("another order", "the migrations in it were applied in another order"),
    ],
)
@pytest.mark.parametrize("command", ["migrate", "prepare_site", "seal_audit"])
def test_database_of_another_version_is_refused_and_the_way_out_is_named(
    foreign_databases: dict[str, str], history: str, reason: str, command: str
) -> None:
    done = run("manage.py", command, environ=environment_with(foreign_databases[history]))

    assert done.returncode == 1
    assert done.stderr.removeprefix("CommandError: ") == (
        f"The database was made by another version ({reason}): run that version, or remove all data with `make reset` "
        "(on a server of your own, name a new database).\n"
    )
    assert done.stdout == ""


@pytest.fixture(scope="module")
def foreign_databases(clone_database: Cloner) -> dict[str, str]:
    names = {history: clone_database(f"foreign_{number}") for number, history in enumerate(HISTORIES)}
    for history, name in names.items():
        with psycopg.connect(environment_with(name)["DATABASE_OWNER_URL"], autocommit=True) as owner:
            owner.execute(HISTORIES[history])
    return names


def test_application_that_is_not_let_in_says_what_to_run(django_db_setup: None) -> None:
    done = run("manage.py", "seal_audit", environ=environment_with("no_such_database"))

    assert done.returncode == 1
    assert done.stderr.startswith("The database does not let the application in (")
    assert "manage.py prepare_site" in done.stderr
    assert done.stderr.count("\n") == 1


def test_every_command_of_ours_is_checked_but_those_named() -> None:
    ours = {name for name, app in get_commands().items() if isinstance(app, str) and is_ours(app)}

    assert ours >= NEED_NO_TABLES
    assert {name for name in ours if reads_tables(name)} == ours - NEED_NO_TABLES
    assert {"import_sdtm", "dsmb_report", "verify_audit", "seed_demo"} <= ours - NEED_NO_TABLES
    assert not reads_tables("shell")
    assert not reads_tables("no_such_command")
