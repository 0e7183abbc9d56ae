"""An unused or odd part of an import is a row of the trial until the files no longer give cause for it."""

from pathlib import Path

import pytest

from accounts.services import system_user
from tests.integration.interchange.reports import closed_report, count_of, listed
from tests.integration.interchange.sdtm_folders import run_import, small_study
from tests.unit.interchange.study_rows import PILOT, ae
from trials.models import SourceRemark

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _system() -> None:
    system_user()


def standing() -> set[tuple[str, str]]:
    rows = SourceRemark.objects.filter(voided_at=None)
    return {(row.code, row.record) for row in rows}


def test_remarks_stand_until_the_files_no_longer_call_for_them(tmp_path: Path) -> None:
    twice = [ae("P1"), ae("P1", "2"), ae("P2", AESPID="7")]
    folder = small_study(tmp_path / "study", ae=twice, suppae=[])
    (folder / "ae.sas7bdat").write_text("x")
    run_import(folder)

    before = standing()
    again = run_import(folder)
    (folder / "ae.sas7bdat").unlink()
    small_study(folder, ae=[ae("P1"), ae("P1", "2", AESTDTC="2013-01-20"), ae("P2")], suppae=[])
    run_import(folder)

    assert before == {
        ("likely_duplicate", "adverse event 2"),
        ("not_used", "ae.csv"),
        ("not_used", "ae.sas7bdat"),
    }
    assert "Nothing changed" in again
    assert standing() == set()
    assert SourceRemark.objects.exclude(voided_at=None).count() == 3


def test_reports_list_the_remarks_and_do_not_call_them_contradictions(tmp_path: Path) -> None:
    folder = small_study(tmp_path / "study")
    contradictions = _contradictions(folder)
    (folder / "lb1.parquet").write_text("x")

    run_import(folder)

    report = closed_report(PILOT)
    assert [row["message"] for row in listed(report, "not_used")] == ["lb1.parquet is not read."]
    assert count_of(report, "reconciliation", "contradictions") == contradictions
    assert count_of(report, "reconciliation", "remarks_on_files") == 1


def _contradictions(folder: Path) -> int:
    run_import(folder)
    return count_of(closed_report(PILOT), "reconciliation", "contradictions")
