"""The time to make E2B(R3) messages of signed versions, against lxml on the same trees.

    .venv/bin/python benchmarks/bench_messages.py [--cases 10000] [--schemas FOLDER]

Prints the CPU time to make every message from its case, that of lxml to serialise and validate the same trees, and
their ratio. Exit status 1 when the ratio is above the target. The schemas are those that `load_e2b_schemas` stored, or
FOLDER.
"""

import argparse
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "devserver.settings")

from django.conf import settings
from lxml import etree

from pharmacovigilance.e2b.case_messages import icsr_of_case
from pharmacovigilance.e2b.case_patient import CaseReport, CodedEvent
from pharmacovigilance.e2b.names import BATCH_ROOT
from pharmacovigilance.e2b.schema import loaded_schema
from pharmacovigilance.e2b.writing import write_batch

TARGET_RATIO = 2.0
PIECE = 500
"""Messages in memory at once, so that memory stays small for any number of cases."""
AT = datetime(2026, 11, 30, 12, tzinfo=UTC)


PATIENT: dict[str, Any] = {
    "sex": "F",
    "age_years": 61,
    "weight_kg": "70.5",
    "died": "",
    "infusions": [{"number": 1, "started": "2026-11-09T10:00+01:00", "ended": "2026-11-09T10:40+01:00"}],
    "history": [{"id": 1, "kind": "RBC", "words": "Anaemia", "occurred": "2026-09"}],
    "medication": [
        {
            "id": n, "drug": "Norepinephrine", "dose": "0.2", "dose_unit": "ug/kg/min", "route": "INTRAVENOUS",
            "started": "2026-11-09", "ended": "", "indication": "Shock", "is_past": False,
        }
        for n in (1, 2)
    ],
    "tests": [
        {"test": "CRP", "value": "212", "unit": "mg/L", "lower": "", "upper": "5", "sampled": "2026-11-10", "remark": ""}
        for _test in range(5)
    ],
}  # fmt: skip
"""One past transfusion, two drugs, five tests, one infusion: what a case of intensive care has at least."""


def make_case(number: int) -> CaseReport:
    facts = {
        "reported_term": "Fever",
        "onset": "2026-11-10T08:30",
        "ended": "2026-11-12",
        "outcome": "RECOVERED/RESOLVED",
        "action_taken": "DOSE NOT CHANGED",
        "narrative": "Fever two hours after the second infusion. " * 40,
        "life_threatening": True,
    }
    opinions = [
        {"side": side, "cause": "study_product", "related": True, "undetermined": False}
        for side in ("investigator", "sponsor")
    ]
    content: dict[str, Any] = {
        "worldwide_number": f"FR-SPONSOR-TRIAL.{number:05d}",
        "participant": f"01-{number:05d}",
        "kind": "initial",
        "day_0_at": "2026-11-12T09:00:00+00:00",
        "last_received_at": "2026-11-18T09:00:00+00:00",
        "reporter": {"country": "FR", "qualification": "1"},
        "patient": PATIENT,
        "events": [
            {"id": n, "number": n, "words": "Fever", "facts": facts, "opinions": opinions, "rechallenge": "4"}
            for n in (1, 2)
        ],
    }
    return CaseReport(
        content=content,
        trial={"code": "TRIAL-1", "title": "A trial", "registration": "2026-500001-11-00"},
        route=settings.E2B_ROUTES["ema"],
        codes={f"event {n}": CodedEvent("20.1", f"1000000{n}") for n in (1, 2)},
        created_at=AT,
        batch_number=f"FR-SPONSOR-TRIAL.{number:05d}-1",
    )


def measure(cases: int, schema: etree.XMLSchema) -> tuple[float, float]:
    """CPU seconds of our code and of lxml."""
    ours = theirs = 0.0
    for first in range(0, cases, PIECE):
        reports = [make_case(number) for number in range(first, min(first + PIECE, cases))]
        start = time.process_time()
        messages = [write_batch(icsr_of_case(report)) for report in reports]
        ours += time.process_time() - start
        trees = [etree.fromstring(message) for message in messages]
        start = time.process_time()
        for tree in trees:
            etree.tostring(tree)
            if not schema.validate(tree):
                raise SystemExit(f"a message is not valid: {schema.error_log}")
        theirs += time.process_time() - start
    return ours, theirs


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--schemas", type=Path, help="folder that holds multicacheschemas")
    options = parser.parse_args()
    schema = _schema(options.schemas)
    if schema is None:
        print("The schemas are not loaded, so nothing was measured: manage.py load_e2b_schemas FOLDER.")
        return 0
    measure(PIECE, schema)
    ours, theirs = measure(options.cases, schema)
    ratio = ours / theirs
    print(
        f"{options.cases} messages: {ours:.2f} s; lxml, serialise and validate: {theirs:.2f} s; ratio {ratio:.2f}"
    )
    print(f"target: at most {TARGET_RATIO}")
    return int(ratio > TARGET_RATIO)


def _schema(folder: Path | None) -> etree.XMLSchema | None:
    if folder is None:
        return loaded_schema(settings.E2B_SCHEMA_DIR, BATCH_ROOT)
    return etree.XMLSchema(etree.parse(str(folder / "multicacheschemas" / f"{BATCH_ROOT}.xsd")))


if __name__ == "__main__":
    sys.exit(main())
