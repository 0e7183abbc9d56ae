"""The cost of the audit trail: writes with and without it, verifying, and the export of a million entries.

    .venv/bin/python benchmarks/bench_audit.py [--entries 1000000] [--seconds 4] [--only writes|verifying|export]

Works in a database of its own on the project's embedded server, made for the run and dropped at its end. Prints
- readings per second of 1 and 8 writers (processes with a connection each), saved as a service saves them (attributed,
  the seal opened where there is one, the row checked, saved and committed): into the table bare, under row-level
  security, with the trail, and with both, as ratios; and rows per second of one statement with and without the trail;
- the time to seal and to verify 10^4 to 10^6 entries, with its growth;
- of the export of all of them by a child process: time, size and peak memory, with the responses of a web server meanwhile.
Exit status 1 when a ratio is below 0.7, or the export takes more than 200 MB or keeps the site from answering.
"""

import argparse
import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "devserver.settings")

import django  # noqa: E402  (the path and the settings come first)

from benchmarks.audit_costs.database import own_database  # noqa: E402
from benchmarks.audit_costs.exporting import export  # noqa: E402
from benchmarks.audit_costs.verifying import verifying  # noqa: E402
from benchmarks.audit_costs.writing import writes  # noqa: E402


def main() -> int:
    """Measure all, or one part; print what missed its target."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument(
        "--entries", type=int, default=1_000_000, help="of the largest verification and the export"
    )
    arguments.add_argument("--seconds", type=float, default=4.0, help="per way of writing and round")
    arguments.add_argument("--only", choices=("writes", "verifying", "export"))
    given = arguments.parse_args()
    from devserver.lease import ensure_services

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


if __name__ == "__main__":
    print(json.dumps({"processors": os.cpu_count(), "load": os.getloadavg()[0]}))
    sys.exit(main())
