"""The cost of an export, and the response times of the site meanwhile."""

import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.audit_costs.database import TRIAL
from benchmarks.audit_costs.verifying import add_entries, entries

ROOT = Path(__file__).resolve().parents[2]
TARGET_MB = 200.0
TARGET_ANSWER_SECONDS = 1.0
PORT = 8391
CHILD = """
import resource, sys
from devserver.lease import ensure_services
ensure_services()
import django
django.setup()
from django.core.management import call_command
call_command("export_audit", sys.argv[1], format=sys.argv[2], output=sys.argv[3])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def export(count: int) -> list[str]:
    """In a child process, while a web server responds: time, memory, and the site's responses."""
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
        [*command, "devserver.wsgi"],
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
    """The time of the sign-in page; None without a response."""
    begun = time.perf_counter()
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/login/", timeout=30) as answer:
            answer.read()
    except OSError:
        return None
    return time.perf_counter() - begun


def answers_while(work: Any) -> list[float]:
    """The site's responses, ten a second, while the work is done."""
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
