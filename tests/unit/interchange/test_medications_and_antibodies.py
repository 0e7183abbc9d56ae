from decimal import Decimal

import pytest

from events.choices import RateUnit, Vasopressor
from interchange.rules.antibodies import hla_class_of
from interchange.rules.medications import agent_of
from tests.unit.interchange.study_rows import bad, cm, is_, study_of
from trials.choices import Salt


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Norepinephrine", (Vasopressor.NOREPINEPHRINE, Salt.UNKNOWN)),
        ("NORADRENALINE (TARTRATE)", (Vasopressor.NOREPINEPHRINE, Salt.TARTRATE)),
        ("norepinephrine bitartrate", (Vasopressor.NOREPINEPHRINE, Salt.TARTRATE)),
        ("ADRENALINE", (Vasopressor.EPINEPHRINE, Salt.UNKNOWN)),
        ("ARGIPRESSIN", (Vasopressor.VASOPRESSIN, Salt.UNKNOWN)),
        ("PARACETAMOL", None),
        ("NOREPINEPHRINES", None),
        ("", None),
    ],
)
def test_agent_and_salt_are_what_the_name_says(name: str, expected: object) -> None:
    assert agent_of(name) == expected


def test_vasopressor_with_rate_unit_and_time_is_read() -> None:
    study = study_of(cm=[cm(CMENDTC="2013-01-10T12:00")])

    record = study.vasopressors[0]
    assert (record.agent, record.rate, record.unit) == (
        Vasopressor.NOREPINEPHRINE,
        Decimal(8),
        RateUnit.UG_MIN,
    )


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"CMTRT": "ASPIRIN"}, "CM: no vasopressor"),
        ({"CMDOSU": "mg"}, "CM: vasopressor without rate, unit or time of day"),
        ({"CMDOSE": ""}, "CM: vasopressor without rate, unit or time of day"),
        ({"CMSTDTC": "2013-01-10"}, "CM: vasopressor without rate, unit or time of day"),
    ],
)
def test_other_medications_are_counted_as_not_used(values: dict[str, str], reason: str) -> None:
    study = study_of(cm=[cm(**values)])

    assert study.bad_rows == ()
    assert study.not_used == {reason: 1}


def test_vasopressor_that_ends_before_it_starts_is_refused() -> None:
    study = study_of(cm=[cm(CMENDTC="2013-01-10T08:00")])

    assert bad(study) == [("cm.csv", 2, "CMENDTC", "2013-01-10T08:00")]


@pytest.mark.parametrize(
    ("specificity", "expected"),
    [
        ("A*02:01", "I"),
        ("HLA-B*07:02", "I"),
        ("Cw7", "I"),
        ("A2", "I"),
        ("DRB1*04:01", "II"),
        ("DR4", "II"),
        ("DQA1*05:01, DQB1*02:01", "II"),
        ("DPB1*04:01", "II"),
        ("ADALIMUMAB", None),
        ("BOTULINUM", None),
        ("", None),
    ],
)
def test_hla_class_is_told_by_the_locus(specificity: str, expected: str | None) -> None:
    assert hla_class_of(specificity) == expected


def test_antibody_is_read_with_its_serum() -> None:
    study = study_of(**{"is": [is_(), is_(seq="2", ISBDAGNT="B7", ISREFID="S-1")]})

    assert [(one.specimen, one.specificity, one.mfi) for one in study.antibodies] == [
        ("P1/2013-01-10", "A*02:01", Decimal(1200)),
        ("S-1", "B7", Decimal(1200)),
    ]


@pytest.mark.parametrize(
    ("values", "variable"),
    [
        ({"ISBDAGNT": "XYZ"}, "ISBDAGNT"),
        ({"ISSTRESU": "titre"}, "ISSTRESU"),
        ({"ISSTRESN": "-1"}, "ISSTRESN"),
        ({"ISDTC": "2013-01"}, "ISDTC"),
        ({"ISDTC": ""}, "ISDTC"),
    ],
)
def test_antibody_that_cannot_be_is_refused(values: dict[str, str], variable: str) -> None:
    study = study_of(**{"is": [is_(**values)]})

    assert [row.variable for row in study.bad_rows] == [variable]


def test_result_given_twice_for_a_serum_is_refused() -> None:
    study = study_of(**{"is": [is_(), is_(seq="2")]})

    assert bad(study) == [("is.csv", 3, "ISBDAGNT", "A*02:01")]


def test_antibody_that_was_not_measured_is_not_zero() -> None:
    study = study_of(**{"is": [is_(ISSTRESN="", ISSTAT="NOT DONE")]})

    assert study.antibodies[0].mfi is None


def test_other_immunogenicity_tests_are_passed_over() -> None:
    study = study_of(**{"is": [is_(ISTESTCD="ADA_BAB", ISBDAGNT="XANOMELINE")]})

    assert (study.antibodies, study.bad_rows) == ((), ())
