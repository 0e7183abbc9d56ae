import pytest

from tests.unit.interchange.study_rows import ae, dm, ex, study_of, supp

DEAD = {"DTHFL": "Y", "DTHDTC": "2013-02-01"}
FATAL = {"AEOUT": "FATAL", "AESER": "Y", "AESDTH": "Y", "AEREL": "NONE", "AEENDTC": "2013-02-01"}


def codes(**rows: list[dict[str, str]]) -> list[str]:
    study = study_of(**rows)
    assert study.bad_rows == ()
    return [finding.code for finding in study.findings]


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({"AESER": "N", "AESHOSP": "Y"}, ["criterion_not_serious"]),
        ({"AESER": "N", "AESHOSP": "N"}, []),
        ({"AESER": "N", "AESCAN": "Y"}, []),
        ({"AESER": "Y", "AESHOSP": "N", "AEREL": "NONE"}, ["serious_without_criterion"]),
        ({"AESER": "Y", "AESHOSP": "Y", "AEREL": "NONE"}, []),
        ({"AEOUT": "RECOVERED/RESOLVED"}, ["resolved_without_end"]),
        ({"AEOUT": "RECOVERED/RESOLVED", "AEENDTC": "2013"}, []),
        ({"AEOUT": "NOT RECOVERED/NOT RESOLVED", "AEENDTC": "2013-02"}, ["unresolved_with_end"]),
    ],
)
def test_contradiction_within_an_event_is_imported_and_listed(
    event: dict[str, str], expected: list[str]
) -> None:
    assert codes(ae=[ae(**event)]) == expected


def test_fatal_event_without_a_death_is_listed() -> None:
    assert codes(ae=[ae(**FATAL)]) == ["fatal_without_death"]


def test_death_without_a_fatal_event_is_listed() -> None:
    assert codes(dm=[dm(**DEAD)], ae=[ae()]) == ["death_without_fatal_event"]


def test_death_with_its_fatal_event_is_no_finding() -> None:
    assert codes(dm=[dm(**DEAD)], ae=[ae(**FATAL)]) == []


def test_second_fatal_event_is_listed_once_for_the_participant() -> None:
    found = codes(dm=[dm(**DEAD)], ae=[ae(**FATAL), ae(seq="2", **FATAL)])

    assert sorted(found) == ["likely_duplicate", "several_fatal_events"]


def test_onset_after_death_is_listed_when_no_completion_fits() -> None:
    late = codes(dm=[dm(**DEAD)], ae=[ae(**FATAL), ae(seq="2", AESTDTC="2013-02-02")])
    partial = codes(dm=[dm(**DEAD)], ae=[ae(**FATAL), ae(seq="2", AESTDTC="2013-02")])

    assert (late, partial) == (["onset_after_death"], ["likely_duplicate"])


def test_death_flag_without_a_date_is_listed() -> None:
    found = codes(dm=[dm(DTHFL="Y")], ae=[ae(**FATAL)])

    assert sorted(found) == ["death_without_date", "end_of_undated_death"]


@pytest.mark.parametrize(
    ("onset", "expected"),
    [
        ("2013-01-09", ["emergent_before_treatment"]),
        ("2013-01-10", []),
        ("2013", []),
        ("2012", ["emergent_before_treatment"]),
    ],
)
def test_emergent_event_before_the_first_dose_is_listed(onset: str, expected: list[str]) -> None:
    flags = [supp("AE", "AETRTEM", "Y", seq="1")]

    assert codes(ae=[ae(AESTDTC=onset)], ex=[ex()], suppae=flags) == expected


@pytest.mark.parametrize(
    ("flag", "doses", "expected"),
    [
        ("Y", [ex()], []),
        ("N", [ex()], ["safety_population_differs"]),
        ("Y", [ex(EXOCCUR="N")], ["safety_population_differs"]),
    ],
)
def test_safety_flag_against_the_doses_is_listed(
    flag: str, doses: list[dict[str, str]], expected: list[str]
) -> None:
    assert codes(ex=doses, suppdm=[supp("DM", "SAFETY", flag)]) == expected


def test_findings_say_nothing_of_arm_product_or_dose() -> None:
    study = study_of(
        dm=[dm(ARMCD="Xan_Lo", ACTARMCD="Xan_Hi", **DEAD)],
        ex=[ex(EXTRT="XANOMELINE", EXDOSE="81", EXDOSU="mg", EXLOT="LOT7", EXSTDTC="2013-01-01")],
        ae=[ae(AESER="N", AESHOSP="Y", AEREL="PROBABLE")],
        suppdm=[supp("DM", "SAFETY", "N")],
    )

    told = " ".join(f"{finding.record} {finding.message}" for finding in study.findings)
    assert len(study.findings) == 4
    assert not any(word in told for word in ("Xan", "XANOMELINE", "81", "LOT7"))
