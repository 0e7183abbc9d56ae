"""A fixed clock, and fixed random values for readers."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from types import SimpleNamespace
from unittest import mock

from django.contrib.sessions import middleware
from django.core import signing
from django.db import connections
from django.http import response
from django.test import override_settings
from django.utils import cache, timezone

from accounts.models import User
from reports.services import reading
from safety_monitor.celery import app
from safety_monitor.protection import ROOT
from tests.house.blind.cast import NOW

CLOCKS = (ROOT / "audit" / "triggers.sql", ROOT / "audit" / "sealing.sql")
"""Code that reads the database's own clock into rows that blinded people see."""


@contextmanager
def at_moment(moment: datetime) -> Iterator[None]:
    """The clock stands still for our doors, for the queue, and for what Django writes of it.

    That is headers and signed cookies. A copy of a report, which carries an id drawn for it, draws the same one each
    time.
    """
    clock = SimpleNamespace(time=moment.timestamp)
    with ExitStack() as stack:
        joined = User._meta.get_field("date_joined")
        stack.enter_context(mock.patch.object(joined, "_get_default", return_value=NOW))
        drawn = SimpleNamespace(token_hex=lambda length: "c0" * length)
        stack.enter_context(mock.patch.object(reading, "secrets", drawn))
        stack.enter_context(mock.patch.object(timezone, "now", return_value=moment))
        stack.enter_context(mock.patch.object(app, "now", return_value=moment))
        stack.enter_context(override_settings(HEALTH_PATIENCE_SECONDS=0.05))
        for module in (signing, response, middleware, cache):
            stack.enter_context(mock.patch.object(module, "time", clock))
        yield


def stop_the_databases_clock() -> None:
    """Fix the database's clock too: the trail's functions as shipped, except for the time that they read."""
    with connections["owner"].cursor() as cursor:
        for path in CLOCKS:
            cursor.execute(path.read_text().replace("clock_timestamp()", f"timestamptz '{NOW.isoformat()}'"))
