from dataclasses import replace

import pytest

from interchange.rules import read_study
from tests.unit.interchange.study_rows import AT, bad, dataset, dm, ds, ex, protocol, study_of


def randomised(on: str = "2013-01-09") -> dict[str, str]:
    return ds(decoded="RANDOMIZED", DSCAT="PROTOCOL MILESTONE", DSSTDTC=on)


@pytest.mark.parametrize(
    ("dates", "milestones", "expected"),
    [
        ({}, [randomised()], ("DS RANDOMIZED", "2013-01-09")),
        ({}, [], ("RFSTDTC", "2013-01-10")),
        ({"RFSTDTC": ""}, [], ("DMDTC", "2013-01-02")),
        ({}, [randomised("")], ("RFSTDTC", "2013-01-10")),
    ],
    ids=["randomisation on record", "reference start", "demographics", "randomisation without a date"],
)
def test_enrolment_is_dated_by_the_best_source_and_says_which(
    dates: dict[str, str], milestones: list[dict[str, str]], expected: tuple[str, str]
) -> None:
    study = study_of(dm=[dm(**dates)], ds=milestones)

    enrolment = study.enrolments["P1"]
    assert (enrolment.variable, enrolment.at.text) == expected


def test_enrolment_by_consent_is_dated_by_consent() -> None:
    by_consent = replace(protocol(), enrolment_event="consent")
    datasets = {"dm": dataset("dm", dm(RFICDTC="2013-01-01")), "ds": dataset("ds", randomised())}

    study = read_study(datasets, protocol=by_consent, vocabulary=None, at=AT)

    assert study.enrolments["P1"].variable == "RFICDTC"


def test_randomised_participant_without_an_arm_is_enrolled_and_not_allocated() -> None:
    study = study_of(dm=[dm(ARMCD="")], ds=[randomised()])

    assert study.enrolments.keys() == {"P1"}
    assert study.participants[0].arm_code is None


def test_participant_without_arm_or_randomisation_is_only_screened() -> None:
    study = study_of(dm=[dm(ARMCD="")])

    assert study.enrolments == {}
    assert study.bad_rows == ()


@pytest.mark.parametrize("start", ["2013-01", "2013"])
def test_enrolment_known_to_the_month_orders_nobody_and_is_refused(start: str) -> None:
    study = study_of(dm=[dm(RFSTDTC=start)])

    assert bad(study) == [("dm.csv", 2, "RFSTDTC", start)]


def test_enrolment_without_any_date_is_refused() -> None:
    study = study_of(dm=[dm(RFSTDTC="", DMDTC="")])

    assert [row.variable for row in study.bad_rows] == ["RFSTDTC"]


@pytest.mark.parametrize(("left", "refused"), [("2013-01-09", True), ("2013-01-10", False), ("2013", False)])
def test_leaving_before_being_enrolled_is_refused(left: str, refused: bool) -> None:
    study = study_of(dm=[dm()], ds=[ds(decoded="LOST TO FOLLOW-UP", DSSTDTC=left)])

    assert [row.variable for row in study.bad_rows] == (["DSSTDTC"] if refused else [])


@pytest.mark.parametrize(
    ("row", "has_left"),
    [
        (ds(decoded="WITHDRAWAL BY SUBJECT"), True),
        (ds(decoded="ADVERSE EVENT"), True),
        (ds(decoded="ADVERSE EVENT", DSSCAT="STUDY TREATMENT"), False),
        (ds(decoded="DEATH"), False),
        (ds(decoded="COMPLETED"), False),
        (ds(decoded="FINAL LAB VISIT", DSCAT="OTHER EVENT"), False),
    ],
)
def test_leaving_the_trial_is_not_leaving_the_treatment_nor_dying(
    row: dict[str, str], has_left: bool
) -> None:
    study = study_of(ds=[row])

    assert (study.course(study.participants[0]).left is not None) == has_left


@pytest.mark.parametrize(
    ("rows", "left", "completed"),
    [
        ([("COMPLETED", "2013-02-01"), ("COMPLETED", "2013-07-01")], None, "2013-07-01"),
        ([("COMPLETED", "2013-07-01"), ("COMPLETED", "2013-02-01")], None, "2013-07-01"),
        ([("ADVERSE EVENT", "2013-02-01"), ("COMPLETED", "2013-07-01")], None, "2013-07-01"),
        ([("COMPLETED", "2013-02-01"), ("LOST TO FOLLOW-UP", "2013-05-01")], "2013-05-01", "2013-02-01"),
        ([("ADVERSE EVENT", "2013-02-01"), ("LOST TO FOLLOW-UP", "2013-05")], "2013-05", None),
        ([("ADVERSE EVENT", "2013-02"), ("COMPLETED", "2013-02-20")], "2013-02", "2013-02-20"),
        ([("ADVERSE EVENT", "2013-02-01"), ("COMPLETED", "")], "2013-02-01", ""),
    ],
)
def test_of_the_dispositions_of_several_epochs_the_last_one_ends_the_trial(
    rows: list[tuple[str, str]], left: str | None, completed: str | None
) -> None:
    study = study_of(ds=[ds(seq=str(n), decoded=what, DSSTDTC=day) for n, (what, day) in enumerate(rows, 1)])

    course = study.course(study.participants[0])

    found = [row and (row.started.text if row.started else "") for row in (course.left, course.completed)]
    assert found == [left, completed]


@pytest.mark.parametrize("arm", ["", "BLINDED", "NOTASSGN"])
def test_who_was_dosed_is_enrolled_while_arms_are_blinded_and_no_randomisation_is_on_record(arm: str) -> None:
    study = study_of(dm=[dm(ARMCD=arm), dm("P2", ARMCD=arm)], ex=[ex(), ex("P2", EXOCCUR="N")])

    assert (list(study.enrolments), study.findings) == (["P1"], ())
