"""How long a closed board report takes of a frozen snapshot, from 10^3 to 10^6 events (a tenth as many participants).

    .venv/bin/python benchmarks/bench_large_reports.py [--largest 1000000]

Each size runs in a process of its own, so that its peak of memory is its own: the snapshot's bytes are read and checked, all
tables and profiles computed, figures drawn, JSON, HTML and PDF rendered. Prints CPU and wall time and the peak of memory;
exit status 1 when the largest takes more than the targets.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from bench_tables import PROTOCOL, content_of  # noqa: E402  (the path comes first)

TARGET_SECONDS = 20.0
TARGET_MEGABYTES = 1024.0
DAYS, HOURS = 28, 24


def main() -> int:
    """Measure every size in a process of its own; say how it went."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--largest", type=int, default=1_000_000)
    parser.add_argument("--snapshot", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.snapshot:
        print(json.dumps(measured(given.snapshot)))
        return 0
    print(
        f"{'events':>9} {'wall s':>8} {'CPU s':>8} {'growth':>7} {'peak MB':>8}   of these: tables, figures, documents"
    )
    previous: dict[str, float] = {}
    for size in [10**k for k in range(3, 10) if 10**k <= given.largest]:
        found = in_a_process(size)
        growth = f"x{found['cpu'] / previous['cpu']:.1f}" if previous else ""
        parts = ", ".join(f"{found[name]:.2f}" for name in ("tables", "figures", "documents"))
        print(
            f"{size:>9} {found['wall']:>8.2f} {found['cpu']:>8.2f} {growth:>7} {found['peak']:>8.0f}   {parts}"
        )
        previous = found
    print(f"targets: {TARGET_SECONDS:.0f} s, {TARGET_MEGABYTES:.0f} MB")
    return int(previous["wall"] > TARGET_SECONDS or previous["peak"] > TARGET_MEGABYTES)


def in_a_process(events: int) -> dict[str, float]:
    with NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(snapshot_of(events), file)
        file.flush()
        command = [sys.executable, __file__, "--snapshot", file.name]
        run = subprocess.run(command, capture_output=True, text=True, check=True)
    return dict(json.loads(run.stdout))


def snapshot_of(events: int) -> dict[str, Any]:
    """A snapshot with so many events, by column, as a large trial's is frozen."""
    frames = content_of(events)
    people = frames["participants"]
    people["day0"] = ["2020-04-06"] * len(people["participant"])
    frames["adverse_events"]["recorded_at"] = [
        f"2020-05-{1 + i % DAYS:02}T{i % HOURS:02}:00:00Z" for i in range(events)
    ]
    protocol = json.loads(json.dumps(tomllib.loads(PROTOCOL.read_text()), default=str))
    return {
        "format": 1, "trial": "MEASURED", "title": "Measured", "look": None, "kind": "closed", "version": 1,
        "data_cutoff_at": "2020-06-30T00:00:00Z", "previous_cutoff_at": "2020-05-14T00:00:00Z", "arms": ["A", "B"],
        "protocol": {"label": "1", "sha256": "", "content": protocol}, "provenance": {}, "entered_after_cutoff": {},
        "corrected_after_cutoff": {}, "without_allocation": 0, "enrolment_basis": {}, "frames": frames,
    }  # fmt: skip


def measured(path: Path) -> dict[str, float]:
    """Seconds of each step, and the peak of this process's memory, MB."""
    from reports.documents import document_of
    from reports.rendering.document import json_bytes
    from reports.rendering.html import html_bytes
    from reports.rendering.page import page_of
    from reports.rendering.pdf import pdf_bytes

    begun, cpu = time.perf_counter(), time.process_time()
    document = document_of(path.read_bytes())
    tables = time.process_time()
    page = page_of(document)
    figures = time.process_time()
    for made in (json_bytes(document), html_bytes(page), pdf_bytes(page)):
        assert made
    done = time.process_time()
    return {
        "wall": time.perf_counter() - begun, "cpu": done - cpu, "tables": tables - cpu, "figures": figures - tables,
        "documents": done - figures, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
