"""What the audit trail costs: writes with and without it, verifying, and the export of a million entries.

    .venv/bin/python benchmarks/bench_audit.py [--entries 1000000] [--seconds 4] [--only writes|verifying|export]

Works in a database of its own on the project's embedded server, made for the run and dropped at its end. Prints
- readings per second of 1 and 8 writers (processes with a connection each), saved as a service saves them (who and why
  said, the seal opened where there is one, the row checked, saved and committed): into the table bare, under row-level
  security, with the trail, and with both, as ratios; and rows per second of one statement with and without the trail;
- the time to seal and to verify 10^4 to 10^6 entries, with its growth;
- of the export of all of them by a child process: time, size and peak memory, with the answers of a web server meanwhile.
Exit status 1 when a ratio is below 0.7, or the export takes more than 200 MB or keeps the site from answering.
"""

import argparse
import contextlib
import json
import multiprocessing
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "safety_monitor.settings")

import django  # noqa: E402  (the path and the settings come first)
import psycopg  # noqa: E402

TARGET_RATIO = 0.7
TARGET_MB = 200.0
TARGET_ANSWER_SECONDS = 1.0
DATABASE = "bench_audit"
TRIAL = "BENCH-AUDIT"
PORT = 8391
ROUNDS = 3
ATTRIBUTION = (
    "SELECT set_config('safety.actor_id', '1', true), set_config('safety.actor_label', 'bench', true), "
    "set_config('safety.reason', 'measured', true), set_config('safety.at', '', true)"
)
TABLE = "events_haemodynamicreading"
WAYS = ("bare", "row-level security", "trail", "trail and row-level security")


def main() -> int:
    """Measure all, or one part; say what missed its target."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument(
        "--entries", type=int, default=1_000_000, help="of the largest verification and the export"
    )
    arguments.add_argument("--seconds", type=float, default=4.0, help="per way of writing and round")
    arguments.add_argument("--only", choices=("writes", "verifying", "export"))
    given = arguments.parse_args()
    from safety_monitor.embedded.lease import ensure_services

    ensure_services()
    django.setup()
    missed: list[str] = []
    with own_database():
        if given.only in (None, "writes"):
            missed += writes(given.seconds)
        if given.only in (None, "verifying"):
            verifying(given.entries)
        if given.only in (None, "export"):
            missed += export(given.entries)
    for sentence in missed:
        print(f"missed: {sentence}")
    return int(bool(missed))


# A database of its own ----------------------------------------------------------------------------------------


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


# Writes -------------------------------------------------------------------------------------------------------


def writes(seconds: float) -> list[str]:
    """Readings saved one by one as a service saves them, the way of protection turned on and off; best of some rounds."""
    from django.db import connections

    missed = []
    print(f"{'writers':>7}  {'a reading, checked and saved':<30} {'per second':>10} {'ratio':>6}")
    for writers in (1, 8):
        rates = dict.fromkeys(WAYS, 0.0)
        for way in [way for _round in range(ROUNDS) for way in WAYS]:
            protect(way)
            connections.close_all()
            rates[way] = max(rates[way], rate_of(way, writers, seconds / ROUNDS))
        for way, rate in rates.items():
            ratio = rate / rates["bare"]
            print(f"{writers:>7}  {way:<30} {rate:>10.0f} {ratio:>6.2f}")
            if ratio < TARGET_RATIO:
                missed.append(f"{writers} writers, {way}: ratio {ratio:.2f}, wanted {TARGET_RATIO}")
    bulk()
    return missed


def protect(way: str) -> None:
    """Turn the trail's triggers and row-level security of the readings' table on or off."""
    from safety_monitor.protection import _seal

    with client("owner", autocommit=True) as owner:
        trail = "ENABLE" if "trail" in way else "DISABLE"
        owner.execute(f"ALTER TABLE {TABLE} {trail} TRIGGER USER")
        for statement in _seal(TABLE, "(trial_id = (SELECT accounts_cleared_trial()))"):
            owner.execute(statement)
        if "security" not in way:
            owner.execute(f"ALTER TABLE {TABLE} DISABLE ROW LEVEL SECURITY")


def rate_of(way: str, writers: int, seconds: float) -> float:
    """Committed rows per second of all writers together, each a process with a connection of its own."""
    context = multiprocessing.get_context("fork")
    counts: Any = context.Queue()
    gate = context.Barrier(writers + 1)
    started = [context.Process(target=write, args=(way, seconds, gate, counts)) for _ in range(writers)]
    for process in started:
        process.start()
    gate.wait()
    total = sum(counts.get() for _ in started)
    for process in started:
        process.join()
    return total / seconds


def write(way: str, seconds: float, gate: Any, counts: Any) -> None:
    """Save readings until the time is over: each checked, in a transaction of its own, as this way demands it."""
    from accounts.services import system_user
    from trials.models import Participant

    by, participant = system_user(), Participant.objects.get()
    gate.wait()
    ends, count = time.perf_counter() + seconds, 0
    while time.perf_counter() < ends:
        save_reading(way, participant, by, minute=uuid.uuid4().int % 10**9)
        count += 1
    counts.put(count)


def save_reading(way: str, participant: Any, by: Any, *, minute: int) -> None:
    from django.db import transaction

    from accounts.choices import ClearanceGround
    from accounts.services import cleared
    from audit.services import attributed, first_version
    from events.models import HaemodynamicReading

    now = datetime.now(UTC)
    taken = datetime(2020, 4, 6, tzinfo=UTC) + timedelta(milliseconds=minute)
    row = HaemodynamicReading(trial_id=1, participant=participant, taken_at=taken, map_mmhg=70)
    first_version(row, at=now)
    with contextlib.ExitStack() as stack:
        stack.enter_context(transaction.atomic())
        if "security" in way:
            opening = {"ground": ClearanceGround.IMPORT, "trial_id": 1, "purpose": "measured"}
            stack.enter_context(cleared(by=by, at=now, **opening))
        if "trail" in way:
            stack.enter_context(attributed(by=by, reason="measured", at=now))
        row.full_clean()
        row.save()


def bulk() -> None:
    """What the trail adds to the database's own work, alone: rows by the thousand in one statement."""
    columns = "trial_id, participant_id, taken_at, recorded_at, changed_at, version, void_reason"
    rest = statement_rest()
    rates = {}
    for way in ("bare", "trail"):
        protect(way)
        with client("default") as own:
            own.execute(ATTRIBUTION)
            insert = (
                f"INSERT INTO {TABLE} ({columns}{rest[0]}) "
                f"SELECT 1, p.id, now() - random() * interval '9 years', now(), now(), 1, ''{rest[1]} "
                "FROM trials_participant p, generate_series(1, 1000) n"
            )
            best = min(timed(lambda own=own, insert=insert: own.execute(insert)) for _ in range(7))
            own.rollback()
            rates[way] = 1000 / best
    print(
        f"in bulk, without round trips: {rates['bare']:.0f} rows/s bare, {rates['trail']:.0f} with the trail"
    )


def statement_rest() -> tuple[str, str]:
    """The further columns of a reading that must be filled, and what with."""
    filled = {"trial_id", "participant_id", "taken_at", "recorded_at", "changed_at", "version", "void_reason"}
    values = {"boolean": "false", "jsonb": "'{}'", "numeric": "1", "integer": "1", "smallint": "1"}
    with client("owner") as owner:
        found = owner.execute(
            "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = %s::regclass "
            "AND attnum > 0 AND attnotnull AND attidentity = ''",
            [TABLE],
        ).fetchall()
    rest = [(name, values.get(kind, "''")) for name, kind in found if name not in filled]
    return "".join(f", {name}" for name, _ in rest), "".join(f", {value}" for _, value in rest)


# Verifying ----------------------------------------------------------------------------------------------------


def verifying(largest: int) -> None:
    from audit.queries.verifying import check_chain
    from audit.services import seal_entries

    print(f"{'entries':>9} {'seal s':>8} {'verify s':>9} {'growth':>7} {'peak MB':>8}")
    previous, have = 0.0, entries()
    for size in (10**k for k in range(4, 10) if 10**k <= largest):
        add_entries(size - have)
        have = size
        sealing = timed(seal_entries)
        seconds = timed(lambda: list(check_chain(trial_id=1, sealed=False)) and fail("it does not verify"))
        growth = f"x{seconds / previous:.1f}" if previous else ""
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{size:>9} {sealing:>8.2f} {seconds:>9.2f} {growth:>7} {peak:>8.0f}")
        previous = seconds


def fail(sentence: str) -> None:
    raise RuntimeError(sentence)


def timed(work: Any) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def entries() -> int:
    with client("owner") as owner:
        return int(owner.execute("SELECT count(*) FROM audit_entry WHERE trial_id = 1").fetchone()[0])


def add_entries(count: int) -> None:
    """Entries as of readings, written with SQL: ten rows each, an insert and nine corrections."""
    with client("owner") as owner:
        owner.execute("ALTER TABLE audit_entry NO FORCE ROW LEVEL SECURITY")
        owner.execute(
            """
            INSERT INTO audit_entry (at, written_at, actor_id, actor_label, reason, request_id, trial_id, table_name, row_id,
                                     change, old, new, sealed, transaction_id)
            SELECT now(), clock_timestamp(), 1, 'nurse.01', 'laboratory called back', md5(n::text), 1,
                   'events_haemodynamicreading', base + n / 10, CASE n %% 10 WHEN 0 THEN 'INSERT' ELSE 'UPDATE' END,
                   CASE n %% 10 WHEN 0 THEN NULL ELSE measured(base + n / 10, n %% 10 - 1) END,
                   measured(base + n / 10, n %% 10), false, pg_current_xact_id()::text::bigint
            FROM generate_series(0, %s - 1) AS n, (SELECT coalesce(max(row_id), 0) + 1 AS base FROM audit_entry) b
            """.replace("measured(", "pg_temp.measured("),
            [count],
        ) if define_measured(owner) else None
        owner.execute("ALTER TABLE audit_entry FORCE ROW LEVEL SECURITY")
    with client("owner", autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE audit_entry")


def define_measured(owner: psycopg.Connection[Any]) -> bool:
    """A reading as the trail keeps it."""
    owner.execute(
        """
        CREATE FUNCTION pg_temp.measured(number bigint, turn bigint) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
            SELECT jsonb_build_object('id', number, 'trial_id', 1, 'participant_id', number / 50, 'version', turn + 1,
                'taken_at', '2026-03-01T08:00:00+00:00', 'recorded_at', '2026-03-01T08:02:00+00:00', 'changed_at',
                '2026-03-01T08:02:00+00:00', 'map_mmhg', 60 + turn, 'systolic_mmhg', 110, 'diastolic_mmhg', 55,
                'heart_rate_per_min', 92, 'norepinephrine_ug_min', 12.500, 'voided_at', null, 'void_reason', '',
                'source', 'entered', 'source_key', '', 'comment', 'arterial line, supine')
        $$
        """
    )
    return True


# Export -------------------------------------------------------------------------------------------------------


def export(count: int) -> list[str]:
    """In a child process, while a web server answers: how long, how much memory, and how the site fared."""
    add_entries(count - entries())
    missed = []
    with web_server():
        idle = answers_while(lambda: time.sleep(3.0))
        print(
            f"site alone           answers: median {median_ms(idle):.0f} ms, slowest {max(idle) * 1000:.0f} ms"
        )
        for form in ("jsonl", "csv"):
            told: dict[str, float] = {}
            waits = answers_while(lambda form=form, told=told: told.update(export_in_child(form)))
            print(
                f"export {form:<6} {told['seconds']:6.1f} s, {told['mb_written']:6.0f} MB, {told['lines']:.0f} lines, "
                f"peak memory {told['peak_mb']:.0f} MB; site meanwhile: median {median_ms(waits):.0f} ms, "
                f"slowest {max(waits) * 1000:.0f} ms of {len(waits)}"
            )
            if told["peak_mb"] > TARGET_MB:
                missed.append(f"export as {form}: {told['peak_mb']:.0f} MB, wanted at most {TARGET_MB:.0f}")
            if statistics.quantiles(waits, n=20)[-1] > TARGET_ANSWER_SECONDS:
                missed.append(f"the site's answers during the export as {form} took more than a second")
    return missed


CHILD = """
import resource, sys
from safety_monitor.embedded.lease import ensure_services
ensure_services()
import django
django.setup()
from django.core.management import call_command
call_command("export_audit", sys.argv[1], format=sys.argv[2], output=sys.argv[3])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def export_in_child(form: str) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"trail.{form}"
        begun = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", CHILD, TRIAL, form, str(path)],
            capture_output=True,
            text=True,
            check=True,
            env=environment(),
            cwd=ROOT,
        )
        seconds = time.perf_counter() - begun
        with path.open("rb") as file:
            lines = sum(1 for _ in file)
        peak = float(done.stdout.split()[-1])
        return {"seconds": seconds, "mb_written": path.stat().st_size / 1e6, "peak_mb": peak, "lines": lines}


def environment() -> dict[str, str]:
    """The addresses of this run's database, for other processes."""
    from urllib.parse import quote

    from django.conf import settings

    def address(entry: dict[str, Any]) -> str:
        host = quote(entry["HOST"], safe="")
        return f"postgresql://{entry['USER']}@/{entry['NAME']}?host={host}&port={entry['PORT']}"

    return {
        **os.environ,
        "DATABASE_URL": address(settings.DATABASES["default"]),
        "DATABASE_OWNER_URL": address(settings.DATABASES["owner"]),
        "PORT": str(PORT),
        "WEB_PROCESSES": "1",
    }


@contextlib.contextmanager
def web_server() -> Iterator[None]:
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "-c",
        "safety_monitor/gunicorn_conf.py",
        "-b",
        f"127.0.0.1:{PORT}",
    ]
    server = subprocess.Popen(
        [*command, "safety_monitor.wsgi"],
        env=environment(),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        ends = time.monotonic() + 60
        while answer_seconds() is None and time.monotonic() < ends:
            time.sleep(0.2)
        yield
    finally:
        server.terminate()
        server.wait()


def answer_seconds() -> float | None:
    """How long the sign-in page takes; None when nobody answers."""
    begun = time.perf_counter()
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/login/", timeout=30) as answer:
            answer.read()
    except OSError:
        return None
    return time.perf_counter() - begun


def answers_while(work: Any) -> list[float]:
    """The site's answers, ten a second, while the work is done."""
    import threading

    done, waits = threading.Event(), []

    def ask() -> None:
        while not done.is_set():
            seconds = answer_seconds()
            waits.append(seconds if seconds is not None else 30.0)
            time.sleep(0.1)

    asker = threading.Thread(target=ask)
    asker.start()
    try:
        work()
    finally:
        done.set()
        asker.join()
    return waits


def median_ms(waits: list[float]) -> float:
    return statistics.median(waits) * 1000


if __name__ == "__main__":
    print(json.dumps({"processors": os.cpu_count(), "load": os.getloadavg()[0]}))
    sys.exit(main())
