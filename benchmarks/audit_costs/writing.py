"""The cost of a write, with and without the trail and row-level security."""

import contextlib
import multiprocessing
import time
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.audit_costs.database import client, timed

TARGET_RATIO = 0.7
ROUNDS = 3
ATTRIBUTION = (
    "SELECT set_config('safety.actor_id', '1', true), set_config('safety.actor_label', 'bench', true), "
    "set_config('safety.reason', 'measured', true), set_config('safety.at', '', true)"
)
TABLE = "haemodynamics_haemodynamicreading"
WAYS = ("bare", "row-level security", "trail", "trail and row-level security")


def writes(seconds: float) -> list[str]:
    """Readings saved one by one as a service saves them, with protection on and off; the best of some rounds."""
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
    """Save readings until the time is over: each checked, in a transaction of its own, in this way."""
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
    from haemodynamics.models import HaemodynamicReading

    now = datetime.now(UTC)
    taken = datetime(2020, 4, 6, tzinfo=UTC) + timedelta(milliseconds=minute)
    row = HaemodynamicReading(trial_id=1, participant=participant, taken_at=taken, map_mmhg=70)
    first_version(row, at=now)
    with contextlib.ExitStack() as stack:
        if way == "bare":
            stack.enter_context(transaction.atomic())
        if "security" in way:
            opening = {"ground": ClearanceGround.IMPORT, "trial_id": 1, "purpose": "measured"}
            stack.enter_context(cleared(by=by, at=now, **opening))
        if "trail" in way:
            stack.enter_context(attributed(by=by, reason="measured", at=now))
        row.full_clean()
        row.save()


def bulk() -> None:
    """The trail's share of the database's own work: rows by the thousand in one statement."""
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
    """The further required columns of a reading, and their values."""
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
