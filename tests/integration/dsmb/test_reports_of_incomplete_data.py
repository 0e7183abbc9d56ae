"""No state of the data stops a report: participants without an arm, rows with missing fields."""

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from accounts.services import system_user
from reports.choices import ReportKind
from reports.models import BoardReport
from reports.services.looks import create_ad_hoc_report
from reports.services.making import make_report
from tests.integration.interchange.sdtm_folders import run_import
from tests.integration.reports.board_trials import document
from trials.models import Trial

pytestmark = pytest.mark.django_db

NEXT_YEAR = datetime.now(UTC) + timedelta(days=365)
"""An import records rows now: the report of all data is asked for later."""

STUDY = """
code = "NOARM"
version = "1.0"
title = "Three randomised, the arm of one still empty"
registration = "NONE"
timezone = "UTC"
effective_date = 2019-01-01
enrolment_event = "randomisation"
planned_participants = 40
source = "own minimal case"
looks = []
looks_source = "none"

[[arms]]
code = "P"
label = "Placebo"
is_control = true
is_investigational = false

[[arms]]
code = "T"
label = "Treatment"
is_control = false
is_investigational = true

[infusions]
unit = "mg"
source = "own"

[[event_windows]]
id = "te"
label = "Treatment-emergent"
basis = "treatment_emergent"
source = "own"

[[event_windows]]
id = "D0-28"
label = "Day 0 to 28"
basis = "days"
first_day = 0
last_day = 28
source = "own"

[dictionary]
name = "none"
source = "own"

[[causality]]
code = "NOT RELATED"
label = "Not related"
is_related = false
is_undetermined = false

[[causality]]
code = "RELATED"
label = "Related"
is_related = true
is_undetermined = false

[reporting]
sae_hours = 24
signature_hours = 24
followup_days = 15
source = "own"
"""


def write(folder: Path, name: str, header: str, *lines: str) -> None:
    with (folder / f"{name}.csv").open("w", newline="") as file:
        csv.writer(file).writerows([header.split(), *(line.split("|") for line in lines)])


def make_study(path: Path) -> Trial:
    """One participant in each arm and a third, who was randomised and dosed and whose arm is empty."""
    folder = path / "study"
    folder.mkdir()
    (path / "protocol.toml").write_text(STUDY)
    arms = {"1": "T", "2": "P", "3": ""}
    write(
        folder, "dm", "STUDYID DOMAIN USUBJID SUBJID RFSTDTC RFICDTC SITEID AGE AGEU SEX ARMCD ARM COUNTRY",
        *(f"NOARM|DM|N-{n}|{n}|2024-01-10T08:00|2024-01-09|01|60|YEARS|F|{arm}|{arm}|FRA" for n, arm in arms.items()),
    )  # fmt: skip
    write(
        folder, "ds", "STUDYID DOMAIN USUBJID DSSEQ DSTERM DSDECOD DSCAT DSSTDTC",
        *(f"NOARM|DS|N-{n}|1|RANDOMIZED|RANDOMIZED|PROTOCOL MILESTONE|2024-01-10" for n in arms),
    )  # fmt: skip
    write(
        folder, "ex", "STUDYID DOMAIN USUBJID EXSEQ EXTRT EXDOSE EXDOSU EXSTDTC EXENDTC",
        *(f"NOARM|EX|N-{n}|1|CELLS|1|mg|2024-01-10T09:00|2024-01-10T10:00" for n in arms),
    )  # fmt: skip
    write(
        folder, "ae", "STUDYID DOMAIN USUBJID AESEQ AETERM AEDECOD AEBODSYS AESEV AESER AEHOSP AEREL AEOUT AESTDTC AEENDTC",
        *(
            f"NOARM|AE|N-{n}|1|Headache|Headache|Nervous|MILD|{'Y' if n == '3' else 'N'}|{'Y' if n == '3' else ''}"
            "|NOT RELATED|RECOVERED/RESOLVED|2024-01-11|2024-01-20"
            for n in ("1", "3")
        ),
    )  # fmt: skip
    run_import(folder, path / "protocol.toml")
    return Trial.objects.get(code="NOARM")


def made(trial: Trial) -> BoardReport:
    report = create_ad_hoc_report(trial=trial, by=system_user(), at=NEXT_YEAR, reason="for a test")
    make_report(report_id=report.pk, at=NEXT_YEAR)
    return BoardReport.objects.get(pk=report.pk)


def cells(content: dict[str, Any], table: str, measure: str, **wanted: Any) -> dict[str, tuple[int, Any]]:
    (found,) = [each for each in content["tables"] if each["id"] == table]
    return {
        cell["arm"]: (cell["count"], cell["denominator"])
        for cell in found["cells"]
        if cell["measure"] == measure and all(cell.get(name) == value for name, value in wanted.items())
    }


def test_treated_participant_without_allocation_stands_under_an_arm_of_its_own(tmp_path):
    report = made(make_study(tmp_path))

    closed, opened = (json.loads(document(report, kind)) for kind in (ReportKind.CLOSED, ReportKind.OPEN))

    assert {arm["code"]: arm["treated"] for arm in closed["arms"]} == {"A": 1, "B": 1, "not recorded": 1}
    serious = cells(closed, "ae_overview", "participants_with_sae", window="te")
    assert serious == {"A": (0, 1), "B": (0, 1), "not recorded": (1, 1), "total": (1, 3)}
    compared = {(c["arm"], c["reference"]) for each in closed["tables"] for c in each["comparisons"]}
    assert compared == {("A", "B")}
    assert cells(opened, "ae_overview", "participants_with_sae", window="te") == {"total": (1, 3)}
    assert "not recorded" not in {arm["code"] for arm in opened["arms"]}
