"""Real data are imported as delivered, and every skipped part is named."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.rules.spelling import one_spelling, spelling_key
from interchange.rules.missing import undeclared_missing
from interchange.rules.rows import BadRow
from tests.unit.interchange.study_rows import ae, bad, cm, dm, ds, ex, lb, rs, study_of, supp, vs

MAKERS = {"dm": dm, "ae": ae, "ds": ds, "ex": ex, "vs": vs, "cm": cm}


def messages(study, code: str) -> list[str]:
    return [remark.message for remark in study.remarks if remark.code == code]


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from(sorted(MAKERS)),
    column=st.from_regex(r"X[A-Z]{2,7}", fullmatch=True),
    value=st.text("abc XYZ09", min_size=1).filter(str.strip),
)
def test_any_column_without_a_use_is_named(name: str, column: str, value: str) -> None:
    study = study_of(**{name: [MAKERS[name](**{column: value})]})

    assert study.bad_rows == ()
    assert any(column in message and f"{name}.csv" in message for message in messages(study, "not_used"))


@pytest.mark.parametrize("make", [lb, rs], ids=["lb", "rs"])
def test_a_column_of_assessments_without_a_use_is_named(make) -> None:
    name = make.__name__

    study = study_of(graded=True, **{name: [make(XMORE="1")]})

    assert any("XMORE" in message for message in messages(study, "not_used"))


def test_a_column_without_values_is_not_named() -> None:
    study = study_of(ae=[ae(XMORE="")])

    assert not any("XMORE" in message for message in messages(study, "not_used"))


@pytest.mark.parametrize("absent", ["ae", "ex", "ds"])
def test_a_data_set_that_every_study_has_is_missed_by_name(absent: str) -> None:
    rows = {"ae": [ae()], "ex": [ex()], "ds": [ds()]}
    del rows[absent]

    (message,) = messages(study_of(**rows), "no_data_set")
    assert message.startswith(f"No {absent.upper()} data set was found")


@pytest.mark.parametrize(
    ("variable", "value", "key"),
    [("AESPID", "E-7", "E-7"), ("AESPID", "7", "7.0"), ("AEGRPID", "G", "G"), ("AESEQ", "1", "1.0")],
)
def test_a_qualifier_finds_its_row_by_any_variable(variable: str, value: str, key: str) -> None:
    qualifier = supp("AE", "AETRTEM", "N") | {"IDVAR": variable, "IDVARVAL": key}

    study = study_of(ae=[ae(**{variable: value})], suppae=[qualifier])

    assert bad(study) == []
    assert [event.treatment_emergent for event in study.events] == [False]


@pytest.mark.parametrize(("variable", "key"), [("AESPID", "E8"), ("AELNKID", "1")])
def test_a_qualifier_of_no_row_is_refused(variable: str, key: str) -> None:
    qualifier = supp("AE", "AETRTEM", "N") | {"IDVAR": variable, "IDVARVAL": key}

    assert len(study_of(ae=[ae(AESPID="E7")], suppae=[qualifier]).bad_rows) == 1


def test_a_term_that_goes_on_in_qualifiers_is_read_whole() -> None:
    parts = [supp("AE", f"AETERM{n}", f"part{n} " + "x" * 90, seq="1") for n in (2, 1, 10)]

    study = study_of(ae=[ae(AETERM="begins")], suppae=parts)

    (event,) = study.events
    whole = event.dictionary_columns["AETERM"]
    assert [word for word in whole.split() if not word.startswith("x")] == [
        "begins",
        "part1",
        "part2",
        "part10",
    ]
    assert event.facts.reported_term == whole[:249] + "…"
    assert len(messages(study, "term_shortened")) == 1


@pytest.mark.parametrize(
    ("values", "ongoing"),
    [
        ({"AEENRF": "AFTER"}, True),
        ({"AEENRF": "DURING/AFTER", "AEOUT": "UNKNOWN"}, True),
        ({"AEENRF": "AFTER", "AEENDTC": "2013-05-01"}, None),
        ({"AEENRF": "AFTER", "AEOUT": "RECOVERED/RESOLVED"}, None),
        ({"AEENRTPT": "ONGOING"}, True),
        ({"AEENRF": "BEFORE"}, None),
    ],
)
def test_ongoing_is_what_the_relation_says(values: dict[str, str], ongoing: bool | None) -> None:
    assert [event.facts.ongoing for event in study_of(ae=[ae(**values)]).events] == [ongoing]


def test_lines_of_one_episode_are_one_event_at_the_worst() -> None:
    rows = [
        ae(
            seq="2",
            AEGRPID="G",
            AESEV="SEVERE",
            AESER="Y",
            AEREL="NONE",
            AESTDTC="2013-01-14",
            AEENDTC="2013-01-20",
        ),
        ae(seq="1", AEGRPID="G", AESEV="MILD", AEREL="PROBABLE", AESTDTC="2013-01-12", AEENDTC="2013-01-13"),
        ae(seq="3", AEGRPID="G", AESEV="MODERATE", AESTDTC="2013-01-20"),
        ae(seq="4", AEGRPID="G", AETERM="RASH", AEDECOD="RASH"),
        ae(seq="5", AESTDTC="2013-03-01"),
    ]

    events = study_of(ae=rows).events

    assert [event.key for event in events] == ["AESEQ 1", "AESEQ 4", "AESEQ 5"]
    facts = events[0].facts
    assert (facts.onset.text, facts.ended, facts.severity, facts.serious, facts.causality) == (
        "2013-01-12", None, "SEVERE", True, "PROBABLE",
    )  # fmt: skip
    assert [line["AESEQ"] for line in events[0].dictionary_columns["lines"]] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("worse", "worsened"),
    [
        ({"AESEV": "SEVERE"}, "2013-01-14"),
        ({"AESER": "Y", "AESHOSP": "Y"}, "2013-01-14"),
        ({"AEOUT": "FATAL"}, "2013-01-14"),
        ({"AESEV": "MILD"}, None),
    ],
)
def test_an_episode_that_becomes_worse_has_worsened_when_that_line_began(
    worse: dict[str, str], worsened: str | None
) -> None:
    rows = [
        ae(seq="1", AEGRPID="G", AESEV="MODERATE", AESTDTC="2013-01-08"),
        ae(seq="2", AEGRPID="G", **({"AESEV": "MODERATE", "AESTDTC": "2013-01-14"} | worse)),
        ae(seq="3", AEGRPID="G", AESEV="MILD", AESTDTC="2013-01-20"),
    ]

    (event,) = study_of(ae=rows).events

    found = event.facts.worsened
    assert (event.facts.onset.text, found and found.text) == ("2013-01-08", worsened)


def test_the_same_row_twice_is_refused_and_another_under_its_key_is_not() -> None:
    other = ae(AETERM="RASH", AEDECOD="RASH")

    assert bad(study_of(ae=[ae(), ae()])) == [("ae.csv", 3, "AESEQ", "1")]
    there, back = study_of(ae=[ae(), other]), study_of(ae=[other, ae()])
    assert {event.key: event.term for event in there.events} == {
        event.key: event.term for event in back.events
    }
    assert len(messages(there, "key_used_twice")) == 1


def test_a_death_of_ds_is_a_death_and_dms_date_comes_first() -> None:
    study = study_of(
        dm=[dm("P1"), dm("P2", DTHFL="Y", DTHDTC="2013-02-01"), dm("P3", DTHFL="N"), dm("P4", DTHFL="Y")],
        ds=[ds(code, decoded="DEATH", DSSTDTC="2013-02-03") for code in ("P1", "P2", "P3", "P4")],
    )

    assert [(one.died, one.death.text) for one in study.participants] == [
        (True, "2013-02-03"), (True, "2013-02-01"), (True, "2013-02-03"), (True, "2013-02-03"),
    ]  # fmt: skip
    assert [remark.participant for remark in study.remarks if remark.code == "death_dm_ds"] == [
        "P1",
        "P2",
        "P3",
    ]


def test_an_uncoded_event_of_a_coded_study_is_imported() -> None:
    row = ae(study="STROMA-COV-2", AETERM="felt odd", AEDECOD="", AETOXGR="2", AESTDTC="2013-02-01")

    study = study_of(graded=True, ae=[row])

    assert [(event.facts.term, event.facts.reported_term, event.facts.grade) for event in study.events] == [
        (None, "felt odd", 2)
    ]
    assert len(messages(study, "uncoded")) == 1


def test_grades_without_a_use_are_named_with_what_to_write() -> None:
    (sentence,) = (m for m in messages(study_of(ae=[ae(AETOXGR="3")]), "not_used") if "AETOXGR" in m)

    assert 'grades = "CTCAE-5.0"' in sentence


def test_remarks_that_reports_show_quote_no_free_text() -> None:
    rows = [ae(AETERM="SECRET WORDS", AEDECOD=""), ae(seq="2", AETERM="SECRET WORDS", AEDECOD="")]
    study = study_of(ae=rows, cm=[cm(CMTRT="Lidocaine with adrenaline SECRET WORDS")])

    assert {remark.code for remark in study.remarks} >= {"uncoded", "likely_duplicate"}
    assert not any(
        "SECRET" in remark.message + remark.record for remark in study.remarks if remark.is_reported
    )


@pytest.mark.parametrize("word", ["NA", "N/A", "null", "NaN"])
def test_words_like_missing_become_one_sentence(word: str) -> None:
    rows = [BadRow("ae.csv", line, "AEOUT", word, "the value is none of") for line in range(2, 2000)]

    (one, other) = undeclared_missing([*rows, BadRow("ae.csv", 7, "AESEV", "BAD", "the value is none of")])

    assert (one.value, f"--missing {word}" in one.reason, "1998 values" in one.reason) == (word, True, True)
    assert other.value == "BAD"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Headache", "HEADACHE", True),
        ("Head ache", "head-ache", True),
        ("Œdème", "œdème", True),
        ("INR > 3", "INR < 3", False),
        ("Type 1 2", "Type 12", False),
        ("HBs antigen +", "HBs antigen -", False),
        ("Œdème", "Oedeme", False),
    ],
)
def test_terms_are_one_when_they_differ_in_case_blanks_or_hyphens_alone(
    one: str, other: str, same: bool
) -> None:
    assert (spelling_key(one) == spelling_key(other)) == same


def test_the_most_frequent_spelling_stands_for_all() -> None:
    assert one_spelling({"RASH": 1, "Rash": 1, "rash ": 3, "Cough": 1}) == {
        "RASH": "rash ", "Rash": "rash ", "rash ": "rash ", "Cough": "Cough",
    }  # fmt: skip
