"""Partial dates of small imported studies, each narrowed by everything on record before it is placed in a window.

The right answers are those of people who read the rows: an onset lies before its event's end, before death, withdrawal and
completion, and before the cut-off.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from accounts.services import system_user
from reports.choices import ReportKind
from reports.documents import document_of
from reports.services.claiming import claim_report
from reports.services.looks import create_ad_hoc_report
from reports.services.making import freeze_report
from tests.integration.interchange.sdtm_folders import run_import, write_folder
from trials.models import Trial

pytestmark = pytest.mark.django_db

NOW = datetime.now(tz=UTC)
PEOPLE = ("1", "2", "3", "4")
DOSE = "2024-01-10T14:00"
DAYS = """
[[event_windows]]
id = "d0-28"
label = "Day 0 to 28"
basis = "days"
first_day = 0
last_day = 28
source = "own"

[[event_windows]]
id = "d29-90"
label = "Day 29 to 90"
basis = "days"
first_day = 29
last_day = 90
source = "own"
"""
EMERGENT = """
[[event_windows]]
id = "te"
label = "Treatment-emergent"
basis = "treatment_emergent"
source = "own"
"""
PROTOCOL = """
code = "SMALL"
version = "1.0"
title = "Small study"
registration = "NONE"
timezone = "UTC"
effective_date = 2019-01-01
enrolment_event = "randomisation"
planned_participants = 40
source = "own"
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
%(windows)s
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

Values = dict[str, str]


def dm(number: str, **values: str) -> Values:
    arm = "T" if int(number) % 2 else "P"
    plain = {
        "STUDYID": "SMALL", "DOMAIN": "DM", "USUBJID": number, "SITEID": "01", "ARMCD": arm, "ACTARMCD": arm,
        "RFSTDTC": "2024-01-10T08:00", "RFICDTC": "2024-01-09",
    }  # fmt: skip
    return plain | values


def ex(number: str) -> Values:
    plain = {"STUDYID": "SMALL", "DOMAIN": "EX", "USUBJID": number, "EXSEQ": "1", "EXTRT": "CELLS"}
    return plain | {"EXDOSE": "1", "EXDOSU": "mg", "EXSTDTC": DOSE}


def ae(number: str, seq: str = "1", **values: str) -> Values:
    plain = {
        "STUDYID": "SMALL", "DOMAIN": "AE", "USUBJID": number, "AESEQ": seq, "AETERM": "Sepsis", "AEDECOD": "Sepsis",
        "AESEV": "MILD", "AESER": "N",
    }  # fmt: skip
    return plain | values


def ds(number: str, decoded: str, day: str) -> Values:
    plain = {
        "STUDYID": "SMALL",
        "DOMAIN": "DS",
        "USUBJID": number,
        "DSSEQ": "1",
        "DSTERM": decoded,
        "DSDECOD": decoded,
    }
    return plain | {"DSCAT": "DISPOSITION EVENT", "DSSTDTC": day}


def report(folder: Path, windows: str, **rows: list[Values]) -> dict[str, dict[str, Any]]:
    """The tables of the closed report of today, by id, of four treated participants with these rows."""
    people = {"dm": [dm(number) for number in PEOPLE], "ex": [ex(number) for number in PEOPLE]}
    write_folder(folder / "study", **(people | rows))
    protocol = folder / "protocol.toml"
    protocol.write_text(PROTOCOL % {"windows": windows})
    run_import(folder / "study", protocol)
    at = datetime.now(tz=UTC)  # after the import, which reads the clock
    trial = Trial.objects.get(code="SMALL")
    owed = create_ad_hoc_report(trial=trial, by=system_user(), at=at, reason="for a test")
    claim = claim_report(report_id=owed.pk, at=at)
    assert claim is not None
    document = document_of(freeze_report(claim=claim, at=at)[ReportKind.CLOSED])
    return {table["id"]: table for table in document["tables"]}


def count(tables: dict[str, dict[str, Any]], measure: str, window: str, *, table: str = "ae_overview") -> int:
    (found,) = (
        cell["count"]
        for cell in tables[table]["cells"]
        if (cell["measure"], cell["window"], cell["arm"]) == (measure, window, "total")
    )
    return int(found)


def days(tables: dict[str, dict[str, Any]]) -> dict[str, int | None]:
    """The study day of each serious event's onset in the listing, by participant."""
    return {row["participant"]: row["onset_latest_day"] for row in tables["sae_listing"]["rows"]}


def test_fatal_event_known_to_the_year_counts_before_the_death(tmp_path: Path) -> None:
    serious = {"AESER": "Y", "AESDTH": "Y", "AEOUT": "FATAL"}
    tables = report(
        tmp_path,
        DAYS,
        dm=[dm("1", DTHFL="Y", DTHDTC="2024-01-25"), *(dm(number) for number in PEOPLE[1:])],
        ae=[ae("1", AESTDTC="2024", AEENDTC="2024-01-25", **serious)],
    )

    assert count(tables, "sae", "d0-28") == 1
    assert count(tables, "participants_with_sae", "d0-28") == 1
    assert days(tables) == {"1": 15}
    (lane,) = (row for row in tables["timeline"]["rows"] if row["participant"] == "1")
    assert (lane["serious_days"], lane["death_day"]) == ([15], 15)
    (listed,) = tables["sae_listing"]["rows"]
    assert (listed["onset_text"], listed["end_text"]) == ("2024", "2024-01-25")


@pytest.mark.parametrize(
    ("changes", "event", "day", "window"),
    [
        ({"DTHFL": "Y", "DTHDTC": "2024-01-25"}, {"AESTDTC": "2024"}, 15, "d0-28"),
        ({"DTHFL": "Y", "DTHDTC": "2024-01-25"}, {}, 15, "d0-28"),  # no onset at all
        ({}, {"AESTDTC": "2024", "AEENDTC": "2024-01"}, 21, "d0-28"),
        ({}, {"AEENDTC": "2024-01-20"}, 10, "d0-28"),
        ({}, {"AESTDTC": "2024-02", "AEENDTC": "2024-12"}, 50, "d29-90"),
        ({}, {}, None, None),
    ],
)
def test_onset_is_placed_by_the_latest_day_that_is_left(
    tmp_path: Path, changes: Values, event: Values, day: int | None, window: str | None
) -> None:
    tables = report(
        tmp_path,
        DAYS,
        dm=[dm("1", **changes), *(dm(number) for number in PEOPLE[1:])],
        ae=[ae("1", AESER="Y", AESHOSP="Y", **event)],
    )

    assert days(tables) == {"1": day}
    assert {name for name in ("d0-28", "d29-90") if count(tables, "sae", name)} == (
        {window} if window else set()
    )


def test_onset_is_not_after_withdrawal_or_completion(tmp_path: Path) -> None:
    tables = report(
        tmp_path,
        DAYS,
        ds=[ds("1", "WITHDRAWAL BY SUBJECT", "2024-01-15"), ds("2", "COMPLETED", "2024-03-01")],
        ae=[ae(number, AESER="Y", AESHOSP="Y", AESTDTC="2024") for number in ("1", "2")],
    )

    assert days(tables) == {"1": 5, "2": 51}


def test_a_death_known_to_the_month_counts_in_the_window_that_holds_all_its_days(tmp_path: Path) -> None:
    dead = [dm("1", DTHFL="Y", DTHDTC="2024-01"), dm("2", DTHFL="Y", DTHDTC="2024-03")]
    tables = report(tmp_path, DAYS, dm=[*dead, *(dm(number) for number in PEOPLE[2:])], ae=[])

    assert count(tables, "participants_died", "d0-28", table="deaths") == 1
    assert count(tables, "participants_died", "d29-90", table="deaths") == 1


def test_partial_death_is_not_before_the_infusion_and_not_after_the_cut_off(tmp_path: Path) -> None:
    this_year = f"{NOW:%Y}"
    tables = report(
        tmp_path,
        DAYS,
        dm=[dm("1", DTHFL="Y", DTHDTC=this_year), *(dm(number) for number in PEOPLE[1:])],
        ae=[ae("1", AESER="Y", AESHOSP="Y", AESTDTC=this_year)],
    )

    assert days(tables) == {"1": (NOW.date() - datetime(2024, 1, 10, tzinfo=UTC).date()).days}


def test_what_ended_before_the_first_dose_is_not_emergent(tmp_path: Path) -> None:
    tables = report(
        tmp_path,
        EMERGENT,
        ae=[
            ae("1", AEENDTC="2024-01-05"),
            ae("2", AESTDTC="2024", AEENDTC="2024-01-05"),
            ae("3", AESTDTC="2024-01", AEENDTC="2024-01-08"),
        ],
    )

    assert count(tables, "participants_with_ae", "te") == 0
    assert count(tables, "ae", "te") == 0


def test_what_may_have_begun_at_or_after_the_first_dose_is_emergent(tmp_path: Path) -> None:
    tables = report(
        tmp_path,
        EMERGENT,
        ae=[
            ae("1", AESTDTC="2024-01-10", AEENDTC="2024-01-20"),
            ae("2", AESTDTC="2024-01-10T13:59", AEENDTC="2024-01-20"),
            ae("3"),
            ae("4", AEENDTC="2024-01-05"),
            ae("4", "2", AESTDTC="2024"),
            ae("4", "3", AESTDTC="2023"),
        ],
    )

    assert count(tables, "ae", "te") == 3
    assert count(tables, "participants_with_ae", "te") == 3


def test_flag_of_the_source_is_honoured_whatever_the_dates(tmp_path: Path) -> None:
    def flag(number: str, answer: str) -> Values:
        key = {"STUDYID": "SMALL", "RDOMAIN": "AE", "USUBJID": number, "IDVAR": "AESEQ", "IDVARVAL": "1"}
        return key | {"QNAM": "AETRTEM", "QVAL": answer}

    tables = report(
        tmp_path,
        EMERGENT,
        ae=[ae("1", AESTDTC="2024-01-20"), ae("2", AESTDTC="2024-01-05"), ae("3", AESTDTC="2024-01-20")],
        suppae=[flag("1", "N"), flag("2", "Y")],
    )

    assert count(tables, "ae", "te") == 2
