import pytest

from interchange.rules.terms import specified
from tests.unit.interchange.study_rows import (
    DIARRHEA,
    HYPOTENSION,
    OTHER_CARDIAC,
    STROMA,
    ae,
    bad,
    dm,
    study_of,
    supp,
)


def graded(**values: str) -> dict[str, str]:
    return ae(study=STROMA, AETERM="low blood pressure", AEDECOD="Hypotension") | values


@pytest.mark.parametrize("grade", ["1", "2.0", "5", ""])
def test_grade_that_the_term_has_is_accepted(grade: str) -> None:
    study = study_of(graded=True, ae=[graded(AETOXGR=grade)])

    assert study.bad_rows == ()
    assert study.events[0].facts.grade == (int(float(grade)) if grade else None)


@pytest.mark.parametrize("grade", ["0", "6", "2.5", "II"])
def test_grade_that_is_none_is_refused(grade: str) -> None:
    study = study_of(graded=True, ae=[graded(AETOXGR=grade)])

    assert bad(study) == [("ae.csv", 2, "AETOXGR", grade)]


@pytest.mark.parametrize(("grade", "refused"), [("3", False), ("4", True)])
def test_grade_that_the_term_does_not_have_is_refused(grade: str, refused: bool) -> None:
    study = study_of(graded=True, ae=[graded(AEDECOD="Sinus tachycardia", AETOXGR=grade)])

    assert bad(study) == ([("ae.csv", 2, "AETOXGR", grade)] if refused else [])


@pytest.mark.parametrize(
    ("columns", "term"),
    [
        ({"AEDECOD": "HYPOTENSION"}, HYPOTENSION),
        ({"AEDECOD": "Diarrhoea"}, DIARRHEA),
        ({"AELLTCD": "10021097", "AEDECOD": "Blood pressure decreased"}, HYPOTENSION),
        ({"AELLTCD": "10021097.0", "AEDECOD": "Blood pressure decreased"}, HYPOTENSION),
        ({"AELLT": "Diarrhea", "AEDECOD": "Gastrointestinal disorder"}, DIARRHEA),
        ({"AETERM": "Diarrhea", "AEDECOD": "Loose stools"}, DIARRHEA),
    ],
    ids=["any case", "British spelling", "code", "code as SAS writes it", "lowest-level term", "as reported"],
)
def test_term_is_found_by_code_or_name(columns: dict[str, str], term: object) -> None:
    study = study_of(graded=True, ae=[graded(**columns)])

    assert study.bad_rows == ()
    assert study.events[0].facts.term == term
    assert study.events[0].soc == term.soc


@pytest.mark.parametrize(
    ("columns", "variable"),
    [
        ({"AEDECOD": "COVID-19 progression"}, "AEDECOD"),
        ({"AELLTCD": "99999999"}, "AELLTCD"),
        ({"AELLTCD": "10012727"}, "AELLTCD"),
    ],
    ids=["no such term", "no such code", "code of another term"],
)
def test_term_that_the_pinned_version_does_not_have_is_refused(
    columns: dict[str, str], variable: str
) -> None:
    study = study_of(graded=True, ae=[graded(**columns)])

    assert [row.variable for row in study.bad_rows] == [variable]


def test_other_specify_keeps_what_was_reported_and_asks_when_nothing_was() -> None:
    name = OTHER_CARDIAC.term

    assert specified(OTHER_CARDIAC, "Takotsubo") == "Takotsubo"
    assert specified(OTHER_CARDIAC, name.upper()) == ""
    assert specified(HYPOTENSION, "low blood pressure") == ""
    study = study_of(graded=True, ae=[graded(AETERM=name, AEDECOD=name)])
    assert "other_not_specified" in [finding.code for finding in study.findings]


def test_study_with_its_own_terms_keeps_them_as_text_ungraded() -> None:
    study = study_of(ae=[ae(AEDECOD="PRURITUS", AEBODSYS="SKIN", AESOC="OTHER CLASS", AETOXGR="3")])

    event = study.events[0]
    assert (event.term, event.soc, event.facts.grade, event.facts.term) == ("PRURITUS", "SKIN", None, None)
    assert event.dictionary_columns == {"AEDECOD": "PRURITUS", "AEBODSYS": "SKIN", "AESOC": "OTHER CLASS"}


@pytest.mark.parametrize(
    ("written", "code"),
    [("POSSIBLE", "POSSIBLE"), ("possible", "POSSIBLE"), ("Probable", "PROBABLE"), ("", "")],
)
def test_causality_is_the_protocols_by_code_or_label_and_empty_is_missing(written: str, code: str) -> None:
    study = study_of(ae=[ae(AEREL=written)])

    assert study.events[0].facts.causality == code


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("AEREL", "RELATED"),
        ("AESEV", "FATAL"),
        ("AEACN", "STOPPED"),
        ("AEOUT", "RECOVERED"),
        ("AESER", "1"),
        ("AESHOSP", "U"),
        ("AESTDTC", "2013-02-30"),
        ("AESTDTC", "2027-01-01"),
        ("AETERM", ""),
        ("AESEQ", "0"),
    ],
)
def test_value_outside_its_terminology_is_refused(variable: str, value: str) -> None:
    study = study_of(ae=[ae(**{variable: value})])

    assert bad(study) == [("ae.csv", 2, variable, value)]


@pytest.mark.parametrize(
    ("onset", "end", "refused"),
    [
        ("2013-01-12", "2013-01-11", True),
        ("2013-01-12", "2013-01-12", False),
        ("2013-01", "2013-01-01", False),
        ("2013-02", "2013-01", True),
        ("2013", "2013-01-01", False),
        ("", "2013-01-01", False),
    ],
)
def test_end_before_onset_is_refused_when_no_completion_fits(onset: str, end: str, refused: bool) -> None:
    study = study_of(ae=[ae(AESTDTC=onset, AEENDTC=end)])

    assert bad(study) == ([("ae.csv", 2, "AEENDTC", end)] if refused else [])


@pytest.mark.parametrize(("flag", "expected"), [("Y", True), ("N", False)])
def test_treatment_emergent_flag_is_honoured(flag: str, expected: bool) -> None:
    study = study_of(ae=[ae(), ae(seq="2")], suppae=[supp("AE", "AETRTEM", flag, seq="1")])

    assert [event.treatment_emergent for event in study.events] == [expected, None]


@pytest.mark.parametrize(
    ("value", "expected"), [("NOT DONE", "NOT DONE"), ("done", "DONE"), ("UNKNOWN", "UNKNOWN")]
)
def test_autopsy_is_read_from_its_qualifier(value: str, expected: str) -> None:
    study = study_of(ae=[ae(AEOUT="FATAL"), ae(seq="2")], suppae=[supp("AE", "AEAUTOPS", value, seq="1")])

    assert [event.facts.autopsy for event in study.events] == [expected, ""]


def test_autopsy_in_another_word_is_a_bad_row() -> None:
    study = study_of(ae=[ae()], suppae=[supp("AE", "AEAUTOPS", "PERHAPS", seq="1")])

    assert bad(study) == [("suppae.csv", 2, "QVAL", "PERHAPS")]


def test_seriousness_that_is_not_answered_stays_unknown() -> None:
    study = study_of(ae=[ae(AESER="")])

    assert study.events[0].facts.serious is None
    assert study.events[0].facts.criteria.hospitalisation is None


def test_participants_of_a_graded_study_are_of_that_study() -> None:
    study = study_of(graded=True, dm=[dm(study=STROMA)], ae=[ae(AEDECOD="Hypotension")])

    assert bad(study) == [("ae.csv", 2, "STUDYID", "CDISCPILOT01")]
