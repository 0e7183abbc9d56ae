"""The time to import a study of the size of the CDISC pilot.

    .venv/bin/python benchmarks/bench_import.py [FOLDER --protocol FILE]

Without a folder a study is generated: 306 participants, 254 treated, 1,191 events, 29,643 rows of vital signs. It is
imported twice into the project's embedded database in a transaction that is rolled back. Prints wall and
CPU time of both runs; exit status 1 when the first takes longer than the target.
"""

import argparse
import csv
import os
import random
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "devserver.settings")

import django  # noqa: E402  (the path and the settings come first)

TARGET_SECONDS = 20.0
SEED = 20120701
STUDY = "BENCH-IMPORT"
SCREENED, TREATED, EVENTS, VISITS = 306, 254, 1191, 13
SIGNS = (("SYSBP", "mmHg", 90, 180), ("DIABP", "mmHg", 50, 100), ("PULSE", "beats/min", 50, 110))
Row = dict[str, str]


def main() -> int:
    """Import twice, roll it back, print the times."""
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
    """Wall seconds of the first import."""
    from django.db import transaction

    with transaction.atomic():
        first = timed("first import", folder, protocol)
        timed("nothing changed", folder, protocol)
        transaction.set_rollback(True)
    print(f"target: at most {TARGET_SECONDS:.0f} s")
    return first


def timed(name: str, folder: Path, protocol: dict[str, Any]) -> float:
    from accounts.services import system_user
    from interchange.services import StudySource, import_study
    from interchange.services.reading import read_folder

    wall, cpu = time.perf_counter(), time.process_time()
    read = read_folder(folder)
    imported = import_study(
        source=StudySource(read.name, read.datasets, read.bad_rows),
        protocol_content=protocol,
        by=system_user(),
        at=datetime.now(UTC),
    )
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    rows = sum(counts.new + counts.changed for counts in imported.counts.values())
    print(f"{name:<16} {wall:6.2f} s wall {cpu:6.2f} s CPU of this process {rows:7d} rows written")
    return wall


def generate(folder: Path) -> Path:
    """A synthetic study in `folder`, the same for the same seed."""
    draw = random.Random(SEED)
    people = [f"01-{701 + n % 17}-{1000 + n}" for n in range(SCREENED)]
    starts = {code: date(2012, 7, 1) + timedelta(days=draw.randrange(600)) for code in people[:TREATED]}
    write(folder, "dm", [participant(code, starts.get(code), draw) for code in people])
    write(folder, "ex", [dose(code, start) for code, start in starts.items()])
    write(folder, "ae", list(events(starts, draw)))
    write(folder, "vs", list(vital_signs(starts, draw)))
    return folder


def participant(code: str, start: date | None, draw: random.Random) -> Row:
    arm = draw.choice(("Pbo", "Xan_Hi", "Xan_Lo")) if start else "Scrnfail"
    day = start.isoformat() if start else ""
    return {**of("DM", code), "SITEID": code[3:6], "ARMCD": arm, "RFSTDTC": day, "AGE": "75.0", "SEX": "F"}


def dose(code: str, start: date) -> Row:
    return {
        **of("EX", code),
        "EXSEQ": "1",
        "EXTRT": "STUDY DRUG",
        "EXDOSE": "54",
        "EXDOSU": "mg",
        "EXSTDTC": start.isoformat(),
    }


def events(starts: dict[str, date], draw: random.Random) -> Iterator[Row]:
    sequence = dict.fromkeys(starts, 0)
    for _ in range(EVENTS):
        code = draw.choice(list(starts))
        sequence[code] += 1
        term = f"TERM {draw.randrange(242)}"
        onset = starts[code] + timedelta(days=draw.randrange(180))
        row = {
            "AESEQ": str(sequence[code]),
            "AETERM": term,
            "AEDECOD": term,
            "AEBODSYS": f"CLASS {draw.randrange(23)}",
        }
        yield {**of("AE", code), **row, "AESEV": "MILD", "AESER": "N", "AESTDTC": onset.isoformat()}


def vital_signs(starts: dict[str, date], draw: random.Random) -> Iterator[Row]:
    for code, start in starts.items():
        sequence = 0
        for visit in range(VISITS):
            day = (start + timedelta(days=14 * visit)).isoformat()
            for point in ("SUPINE", "STANDING 1", "STANDING 3"):
                for test, unit, low, high in SIGNS:
                    sequence += 1
                    value = {"VSSTRESN": str(draw.randrange(low, high)), "VSSTRESU": unit, "VSTPT": point}
                    yield {**of("VS", code), "VSSEQ": str(sequence), "VSTESTCD": test, **value, "VSDTC": day}


def of(domain: str, code: str) -> Row:
    return {"STUDYID": STUDY, "DOMAIN": domain, "USUBJID": code}


def write(folder: Path, name: str, rows: list[Row]) -> None:
    with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    sys.exit(main())
