"""From the commit of an enrolment to the closed report's PDF, on a whole site.

    .venv/bin/python benchmarks/bench_enrolment.py [--rounds 4]

A database of its own contains the demonstration trial (47 enrolled, 45 of them treated, with their events, readings,
samples). A broker and a worker run as a site runs them. Then one participant after the other is enrolled through the
service, each triggers a look, and the time is measured from the commit until the closed PDF has been read. Prints per
round the seconds until the report was created, frozen and read, the processor time of the worker's busiest process, and
the seconds as a multiple of a yardstick (a fixed piece of work of one process, measured in the same run: a busy machine
slows both); the first round is the first report of a worker that has just started. Exit status 1 when the best round
takes longer than the target.
"""

import argparse
import hashlib
import json
import os
import signal
import sys
import time
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "devserver.settings")

from own_site import own_site  # noqa: E402  (the path comes first)

TARGET_SECONDS = 15.0
ENROLLED = 47
PATIENCE_SECONDS = 120.0
PAUSE_SECONDS = 0.02
SEED = 20200406


@dataclass(frozen=True)
class Round:
    """Seconds since the commit until each step was seen.

    Processor seconds of the worker's busiest process, and of all.
    """

    owed: float
    frozen: float
    read: float
    busiest: float
    worker: float


def main() -> int:
    """Build the site, enrol, stop it; print the times."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=4)
    rounds = parser.parse_args().rounds
    with own_site("bench_enrolment"):
        import django

        django.setup()
        trial = make_trial(rounds)
        from devserver import processes

        worker = start_worker()
        try:
            found = [measured(trial, worker.pid) for _ in range(rounds)]
        finally:
            processes.stop(worker, first=signal.SIGTERM, grace_seconds=30)
    return say(found)


def say(found: list[Round]) -> int:
    yardstick = min(timed(fixed_work) for _ in range(3))
    print(f"yardstick: {yardstick:.2f} s; {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    names = ("round", "owed", "frozen", "PDF read", "x yardstick", "busiest CPU s", "worker CPU s")
    print(" ".join(f"{name:>13}" for name in names))
    for number, each in enumerate(found, start=1):
        values = (each.owed, each.frozen, each.read, each.read / yardstick, each.busiest, each.worker)
        print(f"{number:>13} " + " ".join(f"{value:>13.2f}" for value in values))
    best = min(each.read for each in found)
    print(f"best {best:.2f} s, target: under {TARGET_SECONDS:.0f} s")
    return int(best >= TARGET_SECONDS)


def timed(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def fixed_work() -> None:
    """About a second of one process: arithmetic, text and hashing in Python."""
    numbers = [n * n % 1009 for n in range(1_500_000)]
    for _ in range(6):
        hashlib.sha256(json.dumps(numbers).encode()).hexdigest()
    sorted(numbers, key=str)


def make_trial(rounds: int) -> Any:
    """The demonstration's trial, with a look at every further enrolment, and participants who are ready for it."""
    from django.core.management import call_command
    from django.db import transaction

    from accounts.services import system_user
    from demonstration.replay import seed as play
    from safety_monitor.celery import app
    from trials.models import Site
    from trials.services import screen_participant

    call_command("migrate", database="owner", interactive=False, verbosity=0)
    content = tomllib.loads((ROOT / "protocols" / "stroma-cov-2.toml").read_text())
    looks = [ENROLLED + number for number in range(1, rounds + 1)]
    now = datetime.now(UTC)
    with transaction.atomic():
        trial, _logins = play(content={**content, "looks": looks}, seed=SEED, now=now)
        for number in range(rounds):
            screen_participant(
                site=Site.objects.filter(trial=trial).earliest("code"), code=f"BENCH-{number}", age_years=60,
                consented_at=now - timedelta(hours=2), by=system_user(), at=now, reason="measured",
            )  # fmt: skip
    app.control.purge()  # messages in the queue from the trial's own past
    return trial


def start_worker() -> Any:
    """The worker as the supervisor starts it; returns when it responds."""
    from devserver import processes, supervisor
    from devserver.places import here
    from safety_monitor.celery import app

    (part,) = (part for part in supervisor.parts(here()) if part.name == "worker")
    log = here().logs / "bench-worker.log"
    worker = processes.spawn(part.command, log=log, environ=os.environ, folder=ROOT)
    begun = time.perf_counter()
    while not app.control.ping(timeout=0.5, limit=1):
        if worker.poll() is not None or time.perf_counter() - begun > PATIENCE_SECONDS:
            raise SystemExit(f"The worker did not start:\n{processes.last_lines(log)}")
    print(f"worker ready after {time.perf_counter() - begun:.1f} s")
    return worker


def measured(trial: Any, worker_pid: int) -> Round:
    """Enrol the next participant, and wait until the closed PDF of the resulting look has been read."""
    from reports.choices import ReportState
    from reports.models import BoardReport

    reports = BoardReport.objects.filter(trial=trial).order_by("-pk")
    before, known = processor_seconds(worker_pid), reports.count()
    enrol_next(trial)
    committed = time.perf_counter()

    def state() -> str:
        return reports.values_list("state", flat=True).first() if reports.count() > known else ""

    owed = seconds_until(lambda: state() != "", committed)
    frozen = seconds_until(lambda: state() in (ReportState.FROZEN, ReportState.READY), committed)
    seconds_until(lambda: state() == ReportState.READY, committed)
    read_closed_pdf(reports[0])
    read = time.perf_counter() - committed
    spent = [after - before.get(pid, 0.0) for pid, after in processor_seconds(worker_pid).items()]
    return Round(owed, frozen, read, max(spent), sum(spent))


def enrol_next(trial: Any) -> None:
    from accounts.services import system_user
    from trials.services import enrol_participant

    now = datetime.now(UTC)
    waiting = trial.participants.filter(code__startswith="BENCH-", enrolment_number=None)
    at = now.replace(second=0, microsecond=0) - timedelta(minutes=1)
    enrol_participant(
        participant=waiting.earliest("code"), enrolled_at=at, by=system_user(), at=now, reason="measured"
    )


def seconds_until(condition: Callable[[], bool], since: float) -> float:
    while not condition():
        if time.perf_counter() - since > PATIENCE_SECONDS:
            raise SystemExit("The report was not made; see the worker's log.")
        time.sleep(PAUSE_SECONDS)
    return time.perf_counter() - since


def read_closed_pdf(report: Any) -> None:
    from accounts.services import system_user
    from reports.choices import ReportFormat, ReportKind
    from reports.services.reading import open_document

    given = {"report": report, "kind": ReportKind.CLOSED, "report_format": ReportFormat.PDF}
    assert open_document(**given, by=system_user(), at=datetime.now(UTC)).startswith(b"%PDF")


def processor_seconds(parent: int) -> dict[int, float]:
    """User and system seconds so far of each child of the process (Linux)."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            found[int(stat.parent.name)] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return found


if __name__ == "__main__":
    sys.exit(main())
