from decimal import Decimal

import pytest

from tests.unit.interchange.study_rows import bad, ex, study_of
from trials.choices import InfusionStatus


def test_dose_is_read_with_its_unit_and_lot() -> None:
    study = study_of(ex=[ex(EXDOSE="54.0", EXDOSU="mg", EXLOT="L1", EXENDTC="2013-01-20")])

    dose = study.exposures[0]
    assert (dose.dose, dose.dose_unit, dose.lot, dose.sequence) == (Decimal("54.0"), "mg", "L1", 1)
    assert dose.status == InfusionStatus.GIVEN


@pytest.mark.parametrize(
    ("end", "refused"),
    [("2013-01-09", True), ("2013-01-10", False), ("2013-01", False), ("2012-12", True), ("", False)],
)
def test_end_before_the_start_is_refused_when_no_completion_fits(end: str, refused: bool) -> None:
    study = study_of(ex=[ex(EXENDTC=end)])

    assert bad(study) == ([("ex.csv", 2, "EXENDTC", end)] if refused else [])


@pytest.mark.parametrize("start", ["", "2013-01", "2013"])
def test_start_of_a_dose_is_known_at_least_to_the_day(start: str) -> None:
    study = study_of(ex=[ex(EXSTDTC=start)])

    assert bad(study) == [("ex.csv", 2, "EXSTDTC", start)]


def test_dose_that_was_not_given_needs_no_start_and_treats_nobody() -> None:
    study = study_of(ex=[ex(EXOCCUR="N", EXSTDTC="")])

    assert study.bad_rows == ()
    assert (study.exposures[0].status, study.exposures[0].started) == (InfusionStatus.NOT_GIVEN, None)


@pytest.mark.parametrize(
    ("dose", "refused"), [("-0.1", True), ("0", False), ("99999999.9999", False), ("100000000", True)]
)
def test_dose_lies_where_a_dose_can(dose: str, refused: bool) -> None:
    study = study_of(ex=[ex(EXDOSE=dose, EXDOSU="mg")])

    assert bad(study) == ([("ex.csv", 2, "EXDOSE", dose)] if refused else [])


def test_volume_is_taken_in_millilitres_only() -> None:
    study = study_of(ex=[ex(EXVAMT="150", EXVAMTU="mL"), ex(seq="2", EXVAMT="0.15", EXVAMTU="L")])

    assert bad(study) == [("ex.csv", 3, "EXVAMTU", "L")]
    assert study.exposures[0].volume_ml == Decimal(150)
