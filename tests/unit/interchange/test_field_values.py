from decimal import Decimal

import pytest

from interchange.services.field_values import cells_million, infusion_fields, participant_fields
from tests.unit.interchange.study_rows import STROMA, dm, ds, ex, protocol, study_of

SITES = {"701": 1}


def participant(**rows: list[dict[str, str]]) -> dict[str, object]:
    study = study_of(**rows)
    assert study.bad_rows == ()
    return dict(participant_fields(study, protocol(), SITES)["P1"])


@pytest.mark.parametrize(
    ("dose", "unit", "expected"),
    [
        ("75000000", "CELLS", "75.00"),
        ("75.5", "10^6 cells", "75.50"),
        ("0", "CELLS", "0.00"),
        ("81", "mg", None),
        (None, "CELLS", None),
    ],
)
def test_cells_are_counted_in_million(dose: str | None, unit: str, expected: str | None) -> None:
    found = cells_million(Decimal(dose) if dose else None, unit)

    assert found == (Decimal(expected) if expected else None)


@pytest.mark.parametrize(
    ("rows", "status"),
    [
        ({}, "enrolled"),
        ({"ds": [ds()]}, "completed"),
        ({"ds": [ds(decoded="WITHDRAWAL BY SUBJECT")]}, "withdrawn"),
        ({"dm": [dm(DTHFL="Y")], "ds": [ds(decoded="WITHDRAWAL BY SUBJECT")]}, "died"),
        ({"dm": [dm(ARMCD="Scrnfail")]}, "screen_failure"),
        ({"dm": [dm(ARMCD="")]}, "screened"),
    ],
)
def test_status_is_the_last_thing_that_happened(rows: dict[str, list[dict[str, str]]], status: str) -> None:
    assert participant(**rows)["status"] == status


def test_day_zero_is_the_day_of_randomisation_in_the_trials_zone() -> None:
    randomised = ds(decoded="RANDOMIZED", DSCAT="PROTOCOL MILESTONE", DSSTDTC="2013-01-09T23:30")

    fields = participant(ds=[randomised])

    assert str(fields["day0_date"]) == "2013-01-09"
    assert (fields["enrolment_basis"], fields["enrolment_precision"]) == ("disposition", "minute")


def test_consent_known_to_the_month_is_no_instant() -> None:
    fields = participant(dm=[dm(RFICDTC="2013-01")])

    assert (fields["consented_at"], fields["screened_date"]) == (None, None)


def test_dose_that_ends_on_the_day_of_its_start_does_not_end_before_it() -> None:
    study = study_of(ex=[ex(EXSTDTC="2013-01-10T10:00", EXENDTC="2013-01-10")])

    fields = infusion_fields(study, {"P1": 7})[7, 1]

    assert fields["ended_at"] == fields["started_at"]
    assert (fields["start_precision"], fields["end_precision"]) == ("minute", "day")


def test_dose_that_was_not_given_has_a_reason_and_no_times() -> None:
    study = study_of(ex=[ex(EXOCCUR="N", EXENDTC="2013-01-10")])

    fields = infusion_fields(study, {"P1": 7})[7, 1]

    assert (fields["status"], fields["started_at"], fields["ended_at"]) == ("not_given", None, None)
    assert fields["not_given_reason"]


@pytest.mark.parametrize(
    ("consent", "demographics", "expected"),
    [
        ("2013-01-01", "2013-01-02", "2013-01-01"),
        ("", "2013-01-02", "2013-01-02"),
        ("", "2013-01-10", "2013-01-10"),
        ("2013-01-11", "2013-01-02", "None"),
        ("", "", "None"),
    ],
)
def test_day_of_screening_is_not_after_the_enrolment(consent: str, demographics: str, expected: str) -> None:
    fields = participant(dm=[dm(RFICDTC=consent, DMDTC=demographics)])

    assert str(fields["screened_date"]) == expected


@pytest.mark.parametrize(
    ("age", "expected"),
    [("70", {"AGE": "AGE_UP_TO_70"}), ("71", {"AGE": "AGE_OVER_70"}), ("", {})],
)
def test_stratum_of_age_is_derived_by_the_protocol(age: str, expected: dict[str, str]) -> None:
    study = study_of(graded=True, dm=[dm(study=STROMA, SITEID="01", AGE=age)])

    assert participant_fields(study, protocol("stroma-cov-2"), {"01": 1})["P1"]["strata"] == expected
