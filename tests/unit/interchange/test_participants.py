import pytest

from interchange.rules.terminology import SEXES
from tests.unit.interchange.study_rows import STROMA, bad, dm, ds, ex, study_of, supp


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"ARMCD": "Pbo"}, "Pbo"),
        ({"ARMCD": "PBO"}, "Pbo"),
        ({"ARMCD": "placebo"}, "Pbo"),
        ({"ARMCD": "", "ARM": "Xanomeline Low Dose"}, "Xan_Lo"),
        ({"ARMCD": "", "ARM": ""}, None),
        ({"ARMCD": "NOTASSGN"}, None),
    ],
)
def test_arm_is_the_protocols_by_code_or_label_in_any_case(
    given: dict[str, str], expected: str | None
) -> None:
    study = study_of(dm=[dm(**given)])

    assert study.bad_rows == ()
    assert study.participants[0].arm_code == expected


@pytest.mark.parametrize(
    ("given", "variable"),
    [({"ARMCD": "Pboo"}, "ARMCD"), ({"ARMCD": "Pbo", "ARM": "Xanomelin"}, "ARM")],
    ids=["code", "label"],
)
def test_arm_that_the_protocol_does_not_have_is_refused(given: dict[str, str], variable: str) -> None:
    study = study_of(dm=[dm(**given)])

    assert [row.variable for row in study.bad_rows] == [variable]


def test_code_counts_where_the_label_names_another_arm() -> None:
    study = study_of(dm=[dm(ARMCD="Pbo", ARM="Xanomeline Low Dose")])

    (one,) = study.participants
    assert (one.arm_code, one.labelled_arm_code) == ("Pbo", "Xan_Lo")


@pytest.mark.parametrize(
    "given",
    [
        {"ARMCD": "Scrnfail"},
        {"ARMCD": "SCRNFAIL"},
        {"ARM": "Screen Failure"},
        {"ARMCD": "", "ARMNRS": "SCREEN FAILURE"},
    ],
)
def test_screen_failure_is_kept_and_not_enrolled(given: dict[str, str]) -> None:
    study = study_of(dm=[dm(**given)])

    assert study.participants[0].is_screen_failure
    assert study.participants[0].arm_code is None
    assert study.enrolments == {}


def test_screen_failure_said_by_ds_alone_is_not_enrolled() -> None:
    study = study_of(dm=[dm()], ds=[ds(decoded="SCREEN FAILURE")])

    assert study.enrolments == {}


@pytest.mark.parametrize(
    ("age", "refused"), [("-1", True), ("0", False), ("120", False), ("121", True), ("", False)]
)
def test_age_lies_between_birth_and_the_oldest_known(age: str, refused: bool) -> None:
    study = study_of(dm=[dm(AGE=age, AGEU="YEARS")])

    assert bad(study) == ([("dm.csv", 2, "AGE", age)] if refused else [])


@pytest.mark.parametrize(("country", "refused"), [("USA", False), ("", False), ("United States", True)])
def test_country_is_a_code_of_three_letters(country: str, refused: bool) -> None:
    study = study_of(dm=[dm(COUNTRY=country)])

    assert bad(study) == ([("dm.csv", 2, "COUNTRY", country)] if refused else [])


def test_age_in_another_unit_is_refused() -> None:
    study = study_of(dm=[dm(AGE="30", AGEU="MONTHS")])

    assert bad(study) == [("dm.csv", 2, "AGEU", "MONTHS")]


@pytest.mark.parametrize("sex", ["", *SEXES])
def test_sex_is_a_controlled_term(sex: str) -> None:
    assert study_of(dm=[dm(SEX=sex)]).bad_rows == ()


def test_sex_of_no_codelist_is_refused() -> None:
    assert bad(study_of(dm=[dm(SEX="W")])) == [("dm.csv", 2, "SEX", "W")]


@pytest.mark.parametrize("site", ["", "70 1", "Hôpital", "x" * 41])
def test_site_code_that_cannot_be_one_is_refused(site: str) -> None:
    assert bad(study_of(dm=[dm(SITEID=site)])) == [("dm.csv", 2, "SITEID", site)]


@pytest.mark.parametrize(
    ("death", "refused"),
    [("2013-01-09", True), ("2013-01-10", False), ("2013-01", False), ("2012", True), ("", False)],
)
def test_death_before_the_reference_start_is_refused_when_no_completion_fits(
    death: str, refused: bool
) -> None:
    study = study_of(dm=[dm(DTHFL="Y", DTHDTC=death)])

    assert any(row.variable == "DTHDTC" for row in study.bad_rows) == refused


def test_date_of_death_alone_says_that_the_participant_died() -> None:
    study = study_of(dm=[dm(DTHDTC="2013-02-01")])

    assert study.participants[0].died


def test_safety_flag_is_kept_as_given_and_unknown_when_it_is_not() -> None:
    given = study_of(dm=[dm(), dm("P2")], suppdm=[supp("DM", "SAFETY", "N")])

    assert given.participants[0].populations == {"SAFETY": False}
    assert given.participants[1].populations == {}


def test_wall_time_is_in_the_zone_of_the_participants_site() -> None:
    study = study_of(graded=True, dm=[dm(study=STROMA, SITEID="01", RFSTDTC="2020-07-01T10:00")])

    assert study.participants[0].reference_start.earliest.isoformat() == "2020-07-01T08:00:00+00:00"


def test_doses_of_a_screen_failure_are_a_finding() -> None:
    study = study_of(dm=[dm(ARMCD="Scrnfail")], ex=[ex()])

    assert [finding.code for finding in study.findings] == ["dose_without_enrolment"]
