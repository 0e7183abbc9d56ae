"""The cost of sealing and verifying, by the number of entries."""

import resource
from typing import Any

import psycopg

from benchmarks.audit_costs.database import client, timed


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


def entries() -> int:
    with client("owner") as owner:
        return int(owner.execute("SELECT count(*) FROM audit_entry WHERE trial_id = 1").fetchone()[0])


def add_entries(count: int) -> None:
    """Add entries like those of readings, written with SQL: ten rows each, an insert and nine corrections."""
    with client("owner") as owner:
        owner.execute("ALTER TABLE audit_entry NO FORCE ROW LEVEL SECURITY")
        owner.execute(
            """
            INSERT INTO audit_entry (at, written_at, actor_id, actor_label, reason, request_id, trial_id, table_name, row_id,
                                     change, old, new, sealed, transaction_id)
            SELECT now(), clock_timestamp(), 1, 'nurse.01', 'laboratory called back', md5(n::text), 1,
                   'haemodynamics_haemodynamicreading', base + n / 10, CASE n %% 10 WHEN 0 THEN 'INSERT' ELSE 'UPDATE' END,
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
    """A reading as the trail stores it."""
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
