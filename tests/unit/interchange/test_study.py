import pytest

from interchange.rules import Dataset, read_study
from tests.unit.interchange.study_rows import (
    AT,
    ae,
    bad,
    dataset,
    dm,
    ds,
    ex,
    is_,
    protocol,
    reasons,
    study_of,
    supp,
    vs,
)


@pytest.mark.parametrize("datasets", [{}, {"dm": dataset("dm")}], ids=["no DM", "DM without rows"])
def test_study_without_participants_is_refused_in_one_sentence(datasets: dict[str, Dataset]) -> None:
    study = read_study(datasets, protocol=protocol(), vocabulary=None, at=AT)

    assert len(study.bad_rows) == 1
    assert "DM" in study.bad_rows[0].reason


def test_file_of_another_study_is_listed_once_and_a_stray_row_by_itself() -> None:
    whole = study_of(dm=[dm(STUDYID="OTHER"), dm("P2", STUDYID="OTHER")])
    stray = study_of(dm=[dm(), dm("P2", STUDYID="OTHER"), dm("P3", STUDYID="OTHER")])

    assert bad(whole) == [("dm.csv", 2, "STUDYID", "OTHER")]
    assert bad(stray) == [("dm.csv", 3, "STUDYID", "OTHER"), ("dm.csv", 4, "STUDYID", "OTHER")]


def test_every_bad_row_of_every_file_is_listed_at_once() -> None:
    study = study_of(
        dm=[dm(), dm("P2", AGE="old")],
        ae=[ae(AESEV="TERRIBLE"), ae("P2", AESER="maybe"), ae("P9")],
        ex=[ex(EXDOSE="-1", EXDOSU="mg")],
    )

    assert bad(study) == [
        ("ae.csv", 2, "AESEV", "TERRIBLE"),
        ("ae.csv", 3, "AESER", "maybe"),
        ("ae.csv", 4, "USUBJID", "P9"),
        ("dm.csv", 3, "AGE", "old"),
        ("ex.csv", 2, "EXDOSE", "-1"),
    ]


@pytest.mark.parametrize(
    ("name", "row"),
    [("ae", ae("P9")), ("ex", ex("P9")), ("ds", ds("P9")), ("vs", vs("P9")), ("is", is_("P9"))],
)
def test_row_of_somebody_whom_dm_does_not_know_is_refused(name: str, row: dict[str, str]) -> None:
    study = study_of(**{name: [row]})

    assert bad(study) == [(f"{name}.csv", 2, "USUBJID", "P9")]


@pytest.mark.parametrize(
    ("name", "variable", "rows"),
    [
        ("dm", "USUBJID", [dm(), dm()]),
        ("ae", "AESEQ", [ae(seq="1"), ae(seq="1.0")]),
        ("ex", "EXSEQ", [ex(), ex()]),
        ("ds", "DSSEQ", [ds(), ds()]),
        ("vs", "VSSEQ", [vs(), vs()]),
        ("is", "ISSEQ", [is_(), is_(ISBDAGNT="B7")]),
    ],
)
def test_key_given_twice_is_refused_at_its_second_row(
    name: str, variable: str, rows: list[dict[str, str]]
) -> None:
    study = study_of(**{name: rows})

    assert [(row.file, row.line, row.variable) for row in study.bad_rows] == [(f"{name}.csv", 3, variable)]
    assert "line 2" in study.bad_rows[0].reason


def test_missing_required_variable_is_listed_once_for_the_file() -> None:
    rows = [{key: value for key, value in ae(seq=str(n)).items() if key != "AEDECOD"} for n in (1, 2, 3)]

    study = study_of(ae=rows)

    assert bad(study) == [("ae.csv", 1, "AEDECOD", "")]


def test_rows_of_another_domain_in_a_file_are_refused() -> None:
    study = study_of(ae=[ae(DOMAIN="CM")])

    assert bad(study) == [("ae.csv", 2, "DOMAIN", "CM")]


def test_qualifiers_are_of_a_row_that_exists_and_given_once() -> None:
    study = study_of(
        ae=[ae()],
        suppae=[
            supp("AE", "AETRTEM", "Y", seq="1"),
            supp("AE", "AETRTEM", "N", seq="1"),
            supp("AE", "AETRTEM", "Y", seq="2"),
            supp("AE", "AETRTEM", "X", seq="1"),
        ],
    )

    assert ("suppae.csv", 3, "QNAM", "AETRTEM") in bad(study)
    assert ("suppae.csv", 4, "IDVARVAL", "2") in bad(study)
    assert ("suppae.csv", 5, "QVAL", "X") in bad(study)


def test_qualifiers_without_their_domain_are_refused() -> None:
    study = study_of(suppae=[supp("AE", "AETRTEM", "Y", seq="1")])

    assert "AE has no row 1" in reasons(study.bad_rows)


def test_qualifiers_that_mean_nothing_here_are_counted() -> None:
    study = study_of(ex=[ex()], suppex=[supp("EX", "EXSITE", "LEFT ARM", seq="1")])

    assert study.bad_rows == ()
    assert study.not_used == {"SUPPEX: qualifier EXSITE": 0}
