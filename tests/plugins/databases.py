"""Databases of a test run: made by the owner's role, used by the application's, gone at the end.

One template per run is migrated by `safety_owner`, with grants, row-level security and triggers as in
production; each test process clones it. Tests run as `default`, that is as `safety_app`. A test that commits
(`transaction=True`, `live_server`) is followed by a fresh clone instead of Django's flush: the
application's role may not TRUNCATE, append-only tables refuse it, and a clone also restores vocabularies,
permissions and sequences. Names contain the run's process id, so that runs do not collide.
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from psycopg import sql

from devserver import urls
from devserver.lease import ensure_services, is_running
from tests.plugins.shared_rows import GROUND

RUN_VARIABLE = "SAFETY_TEST_RUN"
TEMPLATE = "template"


class TestServer:
    """The server's part of a run: its template and clones, over separate connections to the site's database."""

    __test__ = False

    def __init__(self, run: str) -> None:
        self.prefix = f"test_safety_{run}_"
        self._roles = urls.databases()

    def ensure_template(self) -> bool:
        """Take the lock for making the template; true if it is ready."""
        return self.prefix + TEMPLATE in self.databases()

    def databases(self, pattern: str = "test_safety_%") -> list[str]:
        with self._connect("owner") as owner:
            rows = owner.execute(
                "SELECT datname FROM pg_database WHERE datname LIKE %s", [pattern]
            ).fetchall()
        return [name for (name,) in rows]

    def create(self, name: str) -> None:
        self._as_owner(sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0"), name)

    def clone(self, name: str, template: str = TEMPLATE) -> None:
        """Files are copied: written through the log, which is the default, a clone takes nearly twice the time."""
        copying = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        self._as_owner(copying, name, self.prefix + template)

    def rename(self, name: str, new_name: str) -> None:
        self._as_owner(sql.SQL("ALTER DATABASE {} RENAME TO {}"), name, new_name)

    def drop(self, *names: str) -> None:
        """Drop them with their connections: each role ends its own, because neither may end the other's."""
        ending = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = ANY(%s) AND usename = current_user"
        )
        for role in ("default", "owner"):
            with self._connect(role) as connection:
                connection.execute(ending, [list(names)])
        with self._connect("owner") as owner:
            for name in names:
                owner.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))

    def locked(self, name: str) -> psycopg.Connection[Any]:
        """A connection with the run's advisory lock on a database, until it is closed. Waits for the lock."""
        connection = self._connect("owner")
        connection.execute("SELECT pg_advisory_lock(hashtext(%s))", [self.prefix + name])
        return connection

    def locked_if_free(self, name: str) -> psycopg.Connection[Any] | None:
        """The same, or None when another process has the lock."""
        connection = self._connect("owner")
        row = connection.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [self.prefix + name]).fetchone()
        if row == (True,):
            return connection
        connection.close()
        return None

    def _as_owner(self, statement: sql.SQL, *names: str) -> None:
        with self._connect("owner") as owner:
            owner.execute(statement.format(*(sql.Identifier(name) for name in names)))

    def _connect(self, role: str) -> psycopg.Connection[Any]:
        entry = self._roles[role]
        return psycopg.connect(
            dbname=entry["NAME"],
            user=entry["USER"],
            password=entry["PASSWORD"],
            host=entry["HOST"],
            port=entry["PORT"] or None,
            autocommit=True,
            **entry["OPTIONS"],
        )


def pytest_configure(config: pytest.Config) -> None:
    """The controller names the run; its workers inherit the name."""
    os.environ.setdefault(RUN_VARIABLE, str(os.getpid()))


def pytest_unconfigure(config: pytest.Config) -> None:
    """The controller drops the remains of this and of dead runs, also after a worker crashed."""
    is_controller = os.environ.get(RUN_VARIABLE) == str(os.getpid())
    if is_controller and ("postgres" not in urls.needed() or is_running()):
        drop_leftovers(TestServer(str(os.getpid())))


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_test_environment: None, django_db_blocker: Any
) -> Iterator[None]:
    """Clone the run's template and point both roles at the clone."""
    from django.test.testcases import TransactionTestCase

    ensure_services()
    server = TestServer(os.environ[RUN_VARIABLE])
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    clones = [server.prefix + worker]
    cases: Any = TransactionTestCase
    flush = cases._fixture_teardown
    with django_db_blocker.unblock():
        _make_template_once(server)
        server.drop(*clones)
        server.clone(*clones)
        _point_to(*clones)
        cases._fixture_teardown = lambda _case: _go_on_in_a_fresh_clone(server, clones)
        yield
        cases._fixture_teardown = flush
        _close_connections()
        server.drop(*clones)


class Cloner:
    """Makes further clones of the template for one test process, for rows that several tests only read."""

    def __init__(self, server: TestServer, worker: str) -> None:
        self._server, self._worker = server, worker
        self.made: list[str] = []

    def __call__(self, suffix: str, template: str = TEMPLATE) -> str:
        name = f"{self._server.prefix}{self._worker}_{suffix}"
        self._server.drop(name)
        self._server.clone(name, template)
        self.made.append(name)
        return name

    def copy_of(self, name: str, fill: Callable[[str], None]) -> str:
        """A clone of the result of `fill` in a clone; the first process of the run fills it."""
        with self._server.locked(name):
            self._fill_once(name, fill)
            return self(name, name)

    def prepare(self, name: str, fill: Callable[[str], None]) -> None:
        """Fill that clone now, unless it is filled or another process is filling it."""
        lock = self._server.locked_if_free(name)
        if lock:
            with lock:
                self._fill_once(name, fill)

    def _fill_once(self, name: str, fill: Callable[[str], None]) -> None:
        whole = self._server.prefix + name
        if not self._server.databases(whole):
            self._server.drop(whole + "_draft")
            self._server.clone(whole + "_draft")
            fill(whole + "_draft")
            self._server.rename(whole + "_draft", whole)


@pytest.fixture(scope="session")
def clone_database(request: pytest.FixtureRequest, django_db_setup: None) -> Iterator[Cloner]:
    """Makes further clones; all are dropped at the end.

    The run's controller drops those that processes share.
    """
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    cloner = Cloner(TestServer(os.environ[RUN_VARIABLE]), worker)
    yield cloner
    cloner._server.drop(*cloner.made)


@contextmanager
def pointed_to(name: str) -> Iterator[None]:
    """Both roles use that database until the block ends. Not inside a test with a database of its own."""
    from django.conf import settings

    before = str(settings.DATABASES["default"]["NAME"])
    _point_to(name)
    try:
        yield
    finally:
        _point_to(before)


def _make_template_once(server: TestServer) -> None:
    from django.core.management import call_command

    with server.locked(TEMPLATE):
        if server.ensure_template():
            return
        draft = server.prefix + "draft"
        server.drop(draft)
        server.create(draft)
        _point_to(draft)
        call_command("migrate", database="owner", interactive=False, verbosity=0)
        _close_connections()
        server.rename(draft, server.prefix + TEMPLATE)


def _go_on_in_a_fresh_clone(server: TestServer, clones: list[str]) -> None:
    """Drop the clone before at the end of the run.

    For each new file ext4 looks through all that were deleted in the last minutes, so that a clone after many drops
    takes a second of system time instead of a tenth.
    """
    _close_connections()
    clones.append(f"{clones[0]}_{len(clones)}")
    server.clone(clones[-1])
    _point_to(clones[-1])


def _point_to(name: str) -> None:
    from django.conf import settings
    from django.db import connections

    _close_connections()
    for alias in ("default", "owner"):
        settings.DATABASES[alias]["NAME"] = connections[alias].settings_dict["NAME"] = name


def _close_connections() -> None:
    from django.db import connections

    GROUND.clear()
    for connection in connections.all():
        connection.close()


def drop_leftovers(server: TestServer) -> None:
    server.drop(*(name for name in server.databases() if _is_left_over(server, name)))


def _is_left_over(server: TestServer, name: str) -> bool:
    owner_of_run = re.fullmatch(r"test_safety_(\d+)_\w+", name)
    return name.startswith(server.prefix) or bool(owner_of_run and _is_dead(int(owner_of_run[1])))


def _is_dead(pid: int) -> bool:
    """Whether the run's process has ended.

    Only the embedded server is certain to be used from this machine alone.
    """
    if "postgres" not in urls.needed():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
