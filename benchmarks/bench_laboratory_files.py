"""The time to read and check a plate of single-antigen beads, beside pandas reading the same bytes.

    .venv/bin/python benchmarks/bench_laboratory_files.py

96 sera of 100 beads in the form of HLA Fusion, and ten plates of them. Prints seconds, the ratio to
`pandas.read_csv`, and the time per bead of both sizes (linear when alike). Exit status 1 when the plate takes
longer than the target. The ratio has a goal of 3 and is printed, not enforced: pandas reads numbers, while this
reads names, decimals and their lines.
"""

import io
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "devserver.settings")

import django  # noqa: E402  (the path and the settings come first)

django.setup()

import pandas as pd  # noqa: E402

from immunology.rules.files.reading import read_file  # noqa: E402
from immunology.rules.quality import judge_all, limits_of  # noqa: E402
from trials.rules.protocol import AntibodyPlan, parse_protocol, protocol_content  # noqa: E402

TARGET_SECONDS = 3.0
SERA, BEADS, ROUNDS = 96, 98, 3
HEADINGS = "PatientID;SampleIDName;RunDate;CatalogID;BeadID;Specificity;RawData;NC1BeadID;PC1BeadID;NC2BeadID;PC2BeadID;Rxn;"


def main() -> int:
    """Measure both sizes."""
    plan = _plan()
    plate = measure(SERA, plan)
    measure(10 * SERA, plan)
    return 0 if plate <= TARGET_SECONDS else 1


def _plan() -> AntibodyPlan:
    content = protocol_content((ROOT / "protocols" / "stroma-cov-2.toml").read_bytes())
    plan = parse_protocol(content).antibodies
    assert plan is not None
    return plan


def measure(sera: int, plan: AntibodyPlan) -> float:
    """Seconds for so many sera; prints them beside pandas."""
    data = generate(sera)

    def ours() -> None:
        read = read_file(file="bench.csv", data=data)
        assert not read.refused
        assert len(judge_all(read.sera, limits_of(plan, read.limits))) == sera

    def theirs() -> None:
        pd.read_csv(io.BytesIO(data), sep=";", decimal=",", encoding="utf-8-sig")

    own, other = _best(ours), _best(theirs)
    beads = sera * (BEADS + 2)
    print(
        f"{beads} beads: {own:.3f} s, pandas {other:.3f} s, ratio {own / other:.1f}, {1e6 * own / beads:.1f} µs a bead"
    )
    return own


def _best(run: Callable[[], None]) -> float:
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


def generate(sera: int) -> bytes:
    """An export of HLA Fusion: two controls and the beads of every serum."""
    lines = [";".join(f'"{name}"' for name in HEADINGS.rstrip(";").split(";")) + ";"]
    for serum in range(sera):
        for bead in range(1, BEADS + 3):
            carried = "-" if bead < 3 else f"A*02:{bead - 2:02}"
            value = {1: "70,96", 2: "7402,82"}.get(
                bead, f"{(bead * 37 + serum * 11) % 20000},{bead % 100:02}"
            )
            names = [
                "643",
                f"S{serum}",
                "29-07-2019",
                "LS1A04NC21_013_00",
                f"{bead:03}",
                carried + ",-" * 11,
                value,
            ]
            lines.append(";".join(f'"{text}"' for text in [*names, "", "", "001", "002", "1"]) + ";")
    return ("\ufeff" + "\r\n".join(lines) + "\r\n").encode()


if __name__ == "__main__":
    raise SystemExit(main())
