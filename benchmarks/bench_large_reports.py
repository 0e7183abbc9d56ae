"""The cost of a report of many adverse events, from 10^3 events up (a tenth as many participants).

    .venv/bin/python benchmarks/bench_large_reports.py [--largest 100000]

Works in a database of its own on the project's embedded server, dropped at the end. Rows are written without the trail,
which would take minutes. Each size runs in a process of its own, so that its peak of memory is its own, in a
transaction that is rolled back: both snapshots are frozen, and all six documents are rendered and stored, as one worker
does it. Prints wall time, CPU time of the worker for freezing and for the documents, CPU time of the database's process
that serves it, how they grow together from one size to the next, the number of queries, the worker's peak of memory and
the size of both snapshots. Exit status 1 when the largest size takes more than the targets.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "devserver.settings")

from own_site import own_site  # noqa: E402  (the path comes first)

from events.rules.adverse_events.entered import ENTERED_FIELDS  # noqa: E402

TARGET_SECONDS = 60.0
TARGET_MEGABYTES = 1024.0
EVENTS_PER_PARTICIPANT = 10
TABLES = ("trials_participant", "trials_infusion", "events_adverseevent")
PEOPLE = """
    INSERT INTO trials_participant (trial_id, site_id, code, status, sex, age_years, strata, screened_date, day0_date,
        enrolled_at, enrolment_precision, enrolment_basis, enrolment_number, enrolment_recorded_at, withdrawal_reason,
        died, has_died, death_cause, source, recorded_at, changed_at, version)
    SELECT %(trial)s, %(site)s, 'P' || n, 'enrolled', 'F', 60, '{}', '2020-04-05', '2020-04-06',
        '2020-04-06 08:00Z', 'minute', 'randomisation', n, '2020-04-06 09:00Z', '', '', false, '', '',
        '2020-04-06 09:00Z', '2020-04-06 09:00Z', 1
    FROM generate_series(1, %(people)s) n
"""
EVENTS = """
    INSERT INTO events_adverseevent (trial_id, participant_id, number, status, reported_term, specify, dictionary_term,
        dictionary_soc, dictionary_coding, onset, onset_earliest_at, onset_latest_at, ended, worsened, grade, severity,
        serious, results_in_death, life_threatening, hospitalisation, disability, congenital_anomaly, medically_important,
        causality, action_taken, outcome, narrative, source, source_key, signed_by, signed_at, void_reason,
        lowered_because, ctcae_term_id, aware_at, recorded_at, changed_at, version {names})
    SELECT p.trial_id, p.id, k, 'recorded', 'as the ward wrote it ' || p.id %% 97, '', '', '', '{{}}',
        '2020-04-1' || k %% 10,
        '2020-04-10 00:00Z'::timestamptz + k %% 10 * interval '1 day',
        '2020-04-10 23:59Z'::timestamptz + k %% 10 * interval '1 day', '', '', 1 + k %% 4, 'MODERATE', k %% 5 = 0,
        false, false, k %% 5 = 0, false, false, false, 'OTHER_DISEASE', 'DOSE NOT CHANGED', 'RECOVERED/RESOLVED', '',
        '', '', '', NULL, '', '', terms.ids[1 + (p.id * 7 + k * 31) %% 800], '2020-04-20 10:00Z', '2020-04-20 10:00Z',
        '2020-04-20 10:00Z', 1 {empty}
    FROM trials_participant p, generate_series(1, %(each)s) k,
         (SELECT array_agg(id ORDER BY id) AS ids FROM events_ctcaeterm) terms
    WHERE p.trial_id = %(trial)s
"""
WITHOUT_ANSWER = tuple(
    field.name
    for field in ENTERED_FIELDS
    if field.kind in ("text", "code", "category") and field.name not in EVENTS
)
EVENTS = EVENTS.format(
    names="".join(f", {name}" for name in WITHOUT_ANSWER), empty=", ''" * len(WITHOUT_ANSWER)
)
"""Fields that are declared and not named above are left without an answer."""


def main() -> int:
    """Fill a trial of each size, make the report of each in a process of its own; print the results."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--largest", type=int, default=100_000)
    parser.add_argument("--trial", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.trial:
        print(json.dumps(made(given.trial)))
        return 0
    with own_site("bench_large_reports"):
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", database="owner", interactive=False, verbosity=0)
        names = (
            "events",
            "wall s",
            "freezing s",
            "documents s",
            "database s",
            "growth",
            "queries",
            "peak MB",
            "snapshots MB",
        )
        print(" ".join(f"{name:>12}" for name in names))
        before, found = 0.0, {}
        for size in [10**k for k in range(3, 10) if 10**k <= given.largest]:
            found = in_a_process(filled(size))
            together = found["freezing"] + found["documents"] + found["database"]
            growth = f"x{together / before:.1f}" if before else ""
            print(
                f"{size:>12} {found['wall']:>12.2f} {found['freezing']:>12.2f} {found['documents']:>12.2f} "
                f"{found['database']:>12.2f} {growth:>12} {found['queries']:>12} "
                f"{found['peak']:>12.0f} {found['megabytes']:>12.1f}",
                flush=True,
            )
            before = together
    print(f"targets: {TARGET_SECONDS:.0f} s, {TARGET_MEGABYTES:.0f} MB")
    return int(found["wall"] > TARGET_SECONDS or found["peak"] > TARGET_MEGABYTES)


def filled(events: int) -> str:
    """The code of a new trial with so many events."""
    from django.db import connections

    from accounts.services import system_user
    from trials.services import load_protocol

    content = tomllib.loads((ROOT / "protocols" / "stroma-cov-2.toml").read_text())
    code = f"FREEZING-{events}"
    loaded = load_protocol(
        content={**content, "code": code},
        by=system_user(),
        at=datetime(2020, 4, 1, tzinfo=UTC),
        reason="measured",
    )
    values = {
        "trial": loaded.trial.pk, "site": loaded.trial.sites.earliest("code").pk,
        "people": events // EVENTS_PER_PARTICIPANT, "each": EVENTS_PER_PARTICIPANT,
    }  # fmt: skip
    with connections["owner"].cursor() as owner:
        for table in TABLES:
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        owner.execute(PEOPLE, values)
        owner.execute(EVENTS, values)
        for table in TABLES:
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            owner.execute(f"ANALYZE {table}")
    return code


def in_a_process(trial_code: str) -> dict[str, Any]:
    command = [sys.executable, __file__, "--trial", trial_code]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode:
        raise SystemExit(run.stderr)
    return dict(json.loads(run.stdout))


def made(trial_code: str) -> dict[str, float]:
    """The cost of one report of the trial, from its claim to its documents stored."""
    import django

    django.setup()
    from django.db import connection, transaction

    from accounts.services import system_user
    from reports.services import making
    from reports.services.looks import create_ad_hoc_report
    from trials.models import Trial

    now = datetime.now(UTC)
    with transaction.atomic():
        trial = Trial.objects.get(code=trial_code)
        report = create_ad_hoc_report(trial=trial, by=system_user(), at=now, reason="measured")
        claim = making.claim_report(report_id=report.pk, at=now)
        backend = connection.connection.info.backend_pid
        begun, cpu, database = time.perf_counter(), time.process_time(), cpu_of(backend)
        queries: list[int] = []
        with connection.execute_wrapper(counting(queries)):
            snapshots = making.freeze_report(claim=claim, at=now)
            frozen = time.process_time()
            documents = {kind: making.render_documents(content) for kind, content in snapshots.items()}
            making.keep_documents(claim=claim, documents=documents, at=now)
        found = {
            "wall": time.perf_counter() - begun,
            "freezing": frozen - cpu,
            "documents": time.process_time() - frozen,
            "database": cpu_of(backend) - database,
            "queries": len(queries),
            "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
        transaction.set_rollback(True)
    megabytes = sum(map(len, snapshots.values())) / 1e6
    return {**found, "megabytes": megabytes}


def cpu_of(process: int) -> float:
    """The CPU seconds that a process has used (Linux)."""
    after_name = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


def counting(queries: list[int]) -> Any:
    """A wrapper of Django's that stores the length of each query, and not its text: two of them contain a snapshot."""

    def counted(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        queries.append(len(sql))
        return execute(sql, params, many, context)

    return counted


if __name__ == "__main__":
    sys.exit(main())
