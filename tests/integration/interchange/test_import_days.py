"""LB, VS and RS into daily assessments: once, corrected with their history, never over what people entered."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from accounts.services import system_user
from assessments.models import DailyAssessment
from assessments.services import correct_assessment, record_assessment
from audit.models import Entry
from tests.integration.interchange.sdtm_folders import STROMA_PROTOCOL, run_import, run_refused, write_folder
from tests.unit.interchange.study_rows import STROMA, Values, dm, lb, rs
from trials.models import Participant

pytestmark = pytest.mark.django_db
AT = datetime(2026, 1, 1, 12, tzinfo=UTC)
PERSON = dm(study=STROMA, RFSTDTC="2020-04-06", DMDTC="2020-04-06", SITEID="01", ARMCD="PLACEBO")


def folder_of(path: Path, *rows: Values) -> Path:
    return write_folder(path / "study", dm=[PERSON], lb=list(rows) or [lb()], rs=[rs()])


def test_the_same_folder_twice_changes_nothing_and_a_changed_value_is_a_correction(tmp_path: Path) -> None:
    first = run_import(folder_of(tmp_path), STROMA_PROTOCOL)
    again = run_import(folder_of(tmp_path), STROMA_PROTOCOL)
    run_import(folder_of(tmp_path, lb(value="80")), STROMA_PROTOCOL)

    row = DailyAssessment.objects.get()
    assert "daily assessments" in first
    assert "Nothing changed" in again
    assert (row.assessed_date, row.pao2_mmhg, row.sofa_renal, row.source) == (
        date(2020, 4, 7), Decimal("80.0"), 2, "import",
    )  # fmt: skip
    entry = Entry.objects.filter(table_name="assessments_dailyassessment", change="UPDATE").get()
    assert entry.old is not None
    assert Decimal(str(entry.old["pao2_mmhg"])) == 90


def test_what_people_add_to_an_imported_day_stays(tmp_path: Path) -> None:
    run_import(folder_of(tmp_path), STROMA_PROTOCOL)
    row = DailyAssessment.objects.get()
    correct_assessment(
        assessment=row, changes={"ventilation": "invasive"}, by=system_user(), at=AT, reason="chart"
    )

    again = run_import(folder_of(tmp_path), STROMA_PROTOCOL)

    row.refresh_from_db()
    assert "Nothing changed" in again
    assert row.ventilation == "invasive"


def test_a_day_entered_by_hand_is_not_overwritten(tmp_path: Path) -> None:
    run_import(write_folder(tmp_path / "study", dm=[PERSON]), STROMA_PROTOCOL)
    record_assessment(
        participant=Participant.objects.get(), assessed_date=date(2020, 4, 7), values={"alive": True},
        by=system_user(), at=AT, reason="sheet",
    )  # fmt: skip

    listed, _sentence = run_refused(folder_of(tmp_path), STROMA_PROTOCOL)

    assert "the assessment of this day was entered by hand" in listed
    assert DailyAssessment.objects.get().pao2_mmhg is None


def test_one_bad_value_and_nothing_is_written(tmp_path: Path) -> None:
    listed, _sentence = run_refused(folder_of(tmp_path, lb(), lb(seq="2", value="12")), STROMA_PROTOCOL)

    assert "PO2 lies between 20 and 700 mmHg" in listed
    assert not Participant.objects.exists()
