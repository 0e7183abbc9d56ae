"""The test run's own databases: two roles with the powers of production, and nothing left of what a test committed."""

import os
import subprocess
import sys

import pytest
from django.contrib.auth.models import Group
from django.db import ProgrammingError, connection, connections, transaction

from tests.plugins.databases import RUN_VARIABLE, TestServer, drop_leftovers

POWERS = (
    "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"
)


@pytest.mark.django_db(databases=["default", "owner"])
@pytest.mark.parametrize(
    ("alias", "may_create_databases"), [("default", False), ("owner", True)], ids=["application", "owner"]
)
def test_role_is_no_superuser_and_cannot_bypass_row_security(alias: str, may_create_databases: bool) -> None:
    with connections[alias].cursor() as cursor:
        cursor.execute(POWERS)

        assert cursor.fetchone() == (False, False, False, may_create_databases)


@pytest.mark.django_db
def test_application_role_owns_no_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(*) FILTER (WHERE tableowner = current_user) FROM pg_tables")
        tables, owned = cursor.fetchone()

    assert tables > 0
    assert owned == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE django_session",
        "DROP TABLE django_session",
        "CREATE TABLE smuggled (a int)",
        "SET ROLE safety_owner",
    ],
)
def test_application_role_is_refused_what_only_the_owner_may(statement: str) -> None:
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", ["before", "after"])
def test_committed_rows_are_gone_for_the_next_test(turn: str) -> None:
    found = Group.objects.filter(name="committed").count()

    Group.objects.create(name="committed")

    assert found == 0


@pytest.mark.django_db
def test_databases_of_a_dead_run_are_dropped_and_those_of_a_living_one_kept() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    abandoned = f"test_safety_{ended.pid}_main"
    server = TestServer(os.environ[RUN_VARIABLE])
    server.create(abandoned)

    drop_leftovers(TestServer(str(ended.pid)))

    remaining = server.databases()
    assert abandoned not in remaining
    assert connection.settings_dict["NAME"] in remaining
