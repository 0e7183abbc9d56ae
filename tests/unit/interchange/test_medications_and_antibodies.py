from decimal import Decimal

import pytest

from haemodynamics.choices import RateUnit, Vasopressor
from interchange.rules.antibodies import hla_class_of
from interchange.rules.vasopressors import Named, agent_of, unit_of
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
        ("Tartrate de noradrénaline", (Vasopressor.NOREPINEPHRINE, Salt.TARTRATE)),
        ("Adrénaline 1 mg/mL", (Vasopressor.EPINEPHRINE, Salt.UNKNOWN)),
        ("Norepinephrine Baxter 8 mg/50 mL (base)", (Vasopressor.NOREPINEPHRINE, Salt.BASE)),
        ("Arterenol", (Vasopressor.NOREPINEPHRINE, Salt.UNKNOWN)),
        ("Neo-Synephrine", (Vasopressor.PHENYLEPHRINE, Salt.UNKNOWN)),
        ("Vasostrict", (Vasopressor.VASOPRESSIN, Salt.UNKNOWN)),
    ],
)
def test_agent_and_salt_are_what_the_name_says(name: str, expected: tuple[Vasopressor, Salt]) -> None:
    assert agent_of(name) == Named(*expected, is_mixed=False)


@pytest.mark.parametrize("name", ["PARACETAMOL", "NOREPINEPHRINES", "DOBUTAMINE", ""])
def test_other_names_are_no_vasopressor(name: str) -> None:
    assert agent_of(name) is None


@pytest.mark.parametrize(
    "name",
    [
        "Articaine/adrenaline",
        "Bupivacaïne avec adrénaline",
        "Adrenaline + lidocaine",
        "Noradrenaline and vasopressin",
    ],
)
def test_a_vasopressor_beside_another_substance_is_no_infusion_of_it(name: str) -> None:
    found = agent_of(name)

    assert found is not None
    assert found.is_mixed


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        ("\u00b5g/min", "ug/min"),
        ("\u03bcg/min", "ug/min"),
        ("microg/kg/min", "ug/kg/min"),
        ("mcg/kg/minute", "ug/kg/min"),
        ("mg/heure", "mg/h"),
        ("UI/h", "U/h"),
        ("units/min", "U/min"),
        ("units per hour", "U/h"),
        ("mL/h", None),
        ("ug/kg/h", None),
        ("", None),
    ],
)
def test_units_are_read_as_hospitals_write_them(written: str, unit: str | None) -> None:
    assert unit_of(written) == unit


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
        ({"CMDOSU": "mg"}, "CM: vasopressor without known unit"),
        ({"CMDOSE": ""}, "CM: vasopressor without rate"),
        ({"CMSTDTC": "2013-01-10"}, "CM: vasopressor without start with a time of day"),
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
        ({"ISSTRESN": "?"}, "ISSTRESN"),
        ({"ISDTC": "2013-01"}, "ISDTC"),
        ({"ISDTC": ""}, "ISDTC"),
    ],
)
def test_antibody_that_cannot_be_is_refused(values: dict[str, str], variable: str) -> None:
    study = study_of(**{"is": [is_(**values)]})

    assert [row.variable for row in study.bad_rows] == [variable]


@pytest.mark.parametrize(
    ("written", "mfi", "limit"),
    [
        ("-12", 0, ""), ("-0.4", 0, ""), (">25000", 25000, ">"), ("< 100", 100, "<"), ("<=500", "500.01", "<"),
        (">=25000", "24999.99", ">"), ("4999.995", "5000.00", ""),
    ],
)  # fmt: skip
def test_mfi_beyond_the_range_of_the_reader_keeps_its_limit_and_its_sign(
    written: str, mfi: object, limit: str
) -> None:
    study = study_of(**{"is": [is_(ISSTRESN=written, ISBDAGNT="Bw4")]})

    assert study.bad_rows == ()
    assert [(one.specificity, one.hla_class, one.mfi, one.mfi_limit) for one in study.antibodies] == [
        ("Bw4", "I", Decimal(mfi), limit)
    ]


def test_limit_in_the_original_result_is_not_lost_beside_its_number() -> None:
    kept = study_of(**{"is": [is_(ISORRES="<500", ISSTRESN="500")]})
    torn = study_of(**{"is": [is_(ISORRES="<500", ISSTRESN="400")]})

    assert [(one.mfi, one.mfi_limit) for one in kept.antibodies] == [(Decimal(500), "<")]
    assert [row.variable for row in torn.bad_rows] == ["ISSTRESN"]


def test_result_given_twice_for_a_serum_is_refused() -> None:
    study = study_of(**{"is": [is_(), is_(seq="2")]})

    assert bad(study) == [("is.csv", 3, "ISBDAGNT", "A*02:01")]


def test_antibody_that_was_not_measured_is_not_zero() -> None:
    study = study_of(**{"is": [is_(ISSTRESN="", ISSTAT="NOT DONE")]})

    assert study.antibodies[0].mfi is None


def test_other_immunogenicity_tests_are_passed_over() -> None:
    study = study_of(**{"is": [is_(ISTESTCD="ADA_BAB", ISBDAGNT="XANOMELINE")]})

    assert (study.antibodies, study.bad_rows) == ((), ())
