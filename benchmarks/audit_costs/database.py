"""A database of its own on the project's embedded server, made for the run and dropped at its end."""

import contextlib
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg

DATABASE = "bench_audit"
TRIAL = "BENCH-AUDIT"


@contextlib.contextmanager
def own_database() -> Iterator[None]:
    """Migrated and protected as a site's is; gone afterwards."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    name = f"{DATABASE}_{os.getpid()}"
    with client("owner", autocommit=True) as owner:
        owner.execute(f"CREATE DATABASE {name}")
    for alias in ("default", "owner"):
        settings.DATABASES[alias]["NAME"] = connections[alias].settings_dict["NAME"] = name
    try:
        call_command("migrate", database="owner", interactive=False, verbosity=0)
        make_trial()
        yield
    finally:
        for alias in ("default", "owner"):
            connections[alias].close()
            settings.DATABASES[alias]["NAME"] = "safety"
        with client("owner", autocommit=True) as owner:
            owner.execute(f"DROP DATABASE {name}")


def client(role: str, *, autocommit: bool = False) -> psycopg.Connection[Any]:
    from django.conf import settings

    entry = settings.DATABASES[role]
    return psycopg.connect(
        dbname=entry["NAME"],
        user=entry["USER"],
        password=entry["PASSWORD"],
        host=entry["HOST"],
        port=entry["PORT"] or None,
        autocommit=autocommit,
    )


def make_trial() -> None:
    from accounts.services import system_user
    from audit.services import attributed, first_version
    from trials.models import Participant, Site, Trial

    now = datetime.now(UTC)
    trial = Trial(code=TRIAL, title="Measured", timezone="UTC")
    site = Site(trial=trial, code="01", name="Measured", timezone="UTC")
    participant = Participant(trial=trial, site=site, code="01-001", screened_date=now.date())
    for row in (trial, site, participant):
        first_version(row, at=now)
        with attributed(by=system_user(), reason="measured", at=now):
            row.save()


def timed(work: Any) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
