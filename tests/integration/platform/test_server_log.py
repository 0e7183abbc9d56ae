"""A refused statement leaves none of its values in the log of the embedded PostgreSQL."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from devserver.places import PROJECT
from tests.plugins.sites import environment_of

REFUSED = """
import psycopg
from devserver.lease import ensure_services
from devserver.urls import databases
ensure_services()
entry = databases()["owner"]
client = psycopg.connect(dbname=entry["NAME"], user=entry["USER"], host=entry["HOST"], autocommit=True)
client.execute("CREATE TABLE kept (code text UNIQUE, mfi integer CHECK (mfi < 25000), at date)")
client.execute("INSERT INTO kept VALUES ('WORD-ONE', 7, NULL)")
for statement, values in (
    ("INSERT INTO kept VALUES (%s, 7, NULL)", ["WORD-ONE"]),  # unique: DETAIL has the key
    ("INSERT INTO kept VALUES ('WORD-TWO', %s, NULL)", [987654]),  # check: DETAIL has the row
    ("INSERT INTO kept VALUES ('WORD-THREE', 1, %s::text::date)", ["WORD-FOUR"]),  # the message itself has the value
    ("SELECT 'WORD-FIVE' FROM nowhere", []),  # STATEMENT
    ("DO $$ BEGIN RAISE EXCEPTION 'WORD-SIX'; END $$", []),
    ("DO $$ BEGIN RAISE WARNING 'WORD-SEVEN'; END $$", []),
):
    try:
        client.execute(statement, values)
        assert "WARNING" in statement
    except psycopg.Error as error:
        print(type(error).__name__, flush=True)
"""


def test_refused_statements_leave_no_value_in_the_log_of_the_server(
    make_folder: Callable[[str], Path],
) -> None:
    var = make_folder("log") / "var"

    done = subprocess.run(
        [sys.executable, "-c", REFUSED],
        cwd=PROJECT,
        env=environment_of(var),
        capture_output=True,
        text=True,
        check=True,
    )

    log = next(var.rglob("postgres.log")).read_text()
    assert done.stdout.split() == [
        "UniqueViolation",
        "CheckViolation",
        "InvalidDatetimeFormat",
        "UndefinedTable",
        "RaiseException",
    ]
    assert "database system is ready to accept connections" in log
    assert "WORD" not in log
    assert "987654" not in log
