"""The time of a board report of a study of the size of the CDISC pilot, step by step.

    .venv/bin/python benchmarks/bench_reports.py [FOLDER --protocol FILE]

Without a folder a study is generated as in bench_import.py: 254 treated in three arms, 1,191 events. It is imported
into the project's embedded database in a transaction that is rolled back. Prints wall and CPU time of
freezing the data and of each document; exit status 1 when a report, from its claim to all six stored documents, takes
longer than the target for the closed one alone.
"""

import argparse
import os
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "devserver.settings")

import django  # noqa: E402  (the path and the settings come first)
from bench_import import STUDY, generate  # noqa: E402

TARGET_SECONDS = 10.0


def main() -> int:
    """Import, make a report, roll both back, print the times."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", nargs="?", type=Path)
    arguments.add_argument("--protocol", type=Path, default=ROOT / "protocols" / "cdisc-pilot.toml")
    given = arguments.parse_args()
    from devserver.lease import ensure_services

    ensure_services()
    django.setup()
    from safety_monitor.tables import ensure_tables

    ensure_tables()
    with tempfile.TemporaryDirectory() as made:
        content = tomllib.loads(given.protocol.read_text())
        if given.folder is None:
            content["code"] = STUDY  # a trial of its own, independent of the database's content
        seconds = measure(given.folder or generate(Path(made)), content)
    return 0 if seconds <= TARGET_SECONDS else 1


def measure(folder: Path, protocol: dict[str, Any]) -> float:
    """Wall seconds of the whole report, then of its parts."""
    from django.db import transaction

    with transaction.atomic():
        import_into(folder, protocol)
        seconds = timed("whole report, six documents", lambda: make_report(protocol["code"]))
        parts(protocol["code"])
        transaction.set_rollback(True)
    print(f"target: at most {TARGET_SECONDS:.0f} s")
    return seconds


def import_into(folder: Path, protocol: dict[str, Any]) -> None:
    from accounts.services import system_user
    from interchange.services import StudySource, import_study
    from interchange.services.reading import read_folder

    read = read_folder(folder)
    source = StudySource(read.name, read.datasets, read.bad_rows)
    import_study(source=source, protocol_content=protocol, by=system_user(), at=datetime.now(UTC))


def owed(code: str) -> int:
    from accounts.services import system_user
    from reports.services.looks import create_ad_hoc_report
    from trials.models import Trial

    trial = Trial.objects.get(code=code)
    return create_ad_hoc_report(trial=trial, by=system_user(), at=datetime.now(UTC), reason="measured").pk


def make_report(code: str) -> None:
    from reports.services import making

    making.make_report(report_id=owed(code), at=datetime.now(UTC))


def parts(code: str) -> None:
    """The closed report again, step by step."""
    from reports.choices import ReportKind
    from reports.documents import document_of
    from reports.rendering.document import json_bytes
    from reports.rendering.html import html_bytes
    from reports.rendering.page import page_of
    from reports.rendering.pdf import pdf_bytes
    from reports.services import making

    claim = making.claim_report(report_id=owed(code), at=datetime.now(UTC))
    frozen = timed_value(
        "freeze, both snapshots", lambda: making.freeze_report(claim=claim, at=datetime.now(UTC))
    )
    closed = timed_value("tables of the closed report", lambda: document_of(frozen[ReportKind.CLOSED]))
    timed("JSON", lambda: json_bytes(closed))
    page = timed_value("page model and figures", lambda: page_of(closed))
    timed("HTML", lambda: html_bytes(page))
    timed("PDF", lambda: pdf_bytes(page))


def timed(name: str, work: Callable[[], Any]) -> float:
    begun, cpu = time.perf_counter(), time.process_time()
    work()
    wall = time.perf_counter() - begun
    print(f"{name:<30} {wall:6.2f} s wall {time.process_time() - cpu:6.2f} s CPU of this process")
    return wall


def timed_value(name: str, work: Callable[[], Any]) -> Any:
    kept: list[Any] = []
    timed(name, lambda: kept.append(work()))
    return kept[0]


if __name__ == "__main__":
    sys.exit(main())
