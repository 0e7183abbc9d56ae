"""Grades from a measured value: another programme's cases, and a boundary table for the terms it does not have."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from events.queries.grade_limits import WrittenResult, proposal_for, shipped_limits, shipped_units
from events.queries.word_tables import shipped_terms
from events.rules.grade_limits import ANY_UNIT, LimitsError, grade_in_words, parse_limits
from events.rules.grade_phrases import TABLE_PHRASES

CASES = Path(__file__).parents[3].parent / "shared" / "data" / "lab_grading" / "lab_grading_cases_dev.csv"
READ = tuple(WrittenResult.__dataclass_fields__)
SHIPPED = {"5", "6"}


def cases() -> list[dict[str, str]]:
    """Those of the versions that are shipped.

    The tests of the R package admiral, as a table (Apache License 2.0).

    None where the shared data are absent: the test is skipped there.
    """
    if not CASES.exists():
        return []
    with CASES.open(encoding="utf-8", newline="") as file:
        return [case for case in csv.DictReader(file) if case["version"] in SHIPPED]


def grades(version: str, term: str, value: str, unit: str = "", **known: str) -> list[int]:
    result = WrittenResult(version=version, term=term, value=value, unit=unit, **known)
    return list(proposal_for(result).grades)


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["case_id"])
def test_a_case_of_another_programme_has_the_same_grade(case: dict[str, str]) -> None:
    proposed = proposal_for(WrittenResult(**{name: case[name] for name in READ})).grades

    if not case["expected_grade"]:
        assert proposed == ()
    elif case["symptoms_in_text"] == "Y":
        assert int(case["expected_grade"]) in proposed
    else:
        assert proposed == (int(case["expected_grade"]),)


@pytest.mark.parametrize(
    ("version", "term", "value", "unit", "known", "expected"),
    [
        # what the value does not show leaves several grades open
        ("5", "Fever", "37.9", "°C", {}, [0]),
        ("5", "Fever", "38", "°C", {}, [1]),
        ("5", "Fever", "39.0", "C", {}, [1]),
        ("6", "Fever", "39.1", "degC", {}, [2]),
        ("6", "Fever", "40.1", "°C", {}, [3, 4]),
        ("5", "Fever", "100.3", "°F", {}, [0]),
        ("5", "Fever", "104", "°F", {}, [2]),
        ("5", "Hypothermia", "35.1", "°C", {}, [0]),
        ("5", "Hypothermia", "32", "°C", {}, [3]),
        ("5", "Hypothermia", "28", "°C", {}, [4]),
        ("5", "Hyponatremia", "129", "mmol/L", {}, [2, 3]),
        ("6", "Hyponatremia", "124", "mmol/L", {}, [3]),
        ("5", "Hypokalemia", "3.2", "mmol/L", {"lower_limit": "3.5"}, [1, 2]),
        ("5", "Hypokalemia", "2.9", "mEq/L", {}, [3]),
        ("5", "Hypokalemia", "3.2", "mmol/L", {}, []),
        ("5", "Hyperuricemia", "500", "umol/L", {"upper_limit": "420"}, [1, 3]),
        ("5", "Lipase increased", "300", "U/L", {"upper_limit": "100"}, [2, 3]),
        ("5", "Lipase increased", "501", "U/L", {"upper_limit": "100"}, [3, 4]),
        ("5", "Hypoxia", "87", "%", {}, [2, 3]),
        ("5", "Hypoxia", "88", "%", {}, [0]),
        # pressures
        ("5", "Hypertension", "119", "mmHg", {}, []),
        ("5", "Hypertension", "120", "mmHg", {}, [1]),
        ("5", "Hypertension", "140", "mmHg", {}, [2]),
        ("5", "Hypertension", "160", "mm Hg", {}, [3]),
        ("5", "Hypertension (diastolic)", "79", "mmHg", {}, [0]),
        ("5", "Hypertension (diastolic)", "95", "mmHg", {}, [2]),
        ("6", "Hypertension (systolic)", "139", "mmHg", {}, [0]),
        ("6", "Hypertension", "150", "mmHg", {"baseline": "140"}, [2]),
        ("6", "Hypertension", "150", "mmHg", {"baseline": "129"}, [3]),
        ("6", "Hypertension", "180", "mmHg", {}, [4]),
        # a baseline that is missing, known, or of a kind
        ("5", "Electrocardiogram QT corrected interval prolonged", "440", "ms", {"baseline": "400"}, [0]),
        ("5", "Electrocardiogram QT corrected interval prolonged", "470", "ms", {"baseline": "400"}, [3]),
        ("5", "Electrocardiogram QT corrected interval prolonged", "490", "ms", {"baseline": "460"}, [2]),
        ("5", "Electrocardiogram QT corrected interval prolonged", "490", "ms", {}, [2, 3]),
        ("5", "Electrocardiogram QT corrected interval prolonged", "0.501", "s", {}, [3]),
        ("5", "Creatinine increased", "120", "umol/L", {"upper_limit": "100"}, [1, 2, 3]),
        ("5", "Creatinine increased", "601", "umol/L", {"upper_limit": "100"}, [4]),
        ("5", "Creatinine increased", "90", "umol/L", {"upper_limit": "100", "baseline": "0"}, []),
        ("5", "Alkaline phosphatase increased", "199", "", {"upper_limit": "90", "baseline": "100"}, [0]),
        ("5", "Alkaline phosphatase increased", "200", "", {"upper_limit": "90", "baseline": "100"}, [1]),
        ("6", "Alkaline phosphatase increased", "101", "", {"upper_limit": "90", "baseline": "100"}, [1]),
        ("5", "Alanine aminotransferase increased", "40", "U/L", {"upper_limit": "40"}, [0]),
        ("5", "Alanine aminotransferase increased", "41", "U/L", {"upper_limit": "40"}, []),
        ("6", "Aspartate aminotransferase increased", "41", "", {"upper_limit": "40", "baseline": "30"}, [1]),
        ("6", "GGT increased", "301", "", {"upper_limit": "90", "baseline": "100"}, [3]),
        ("6", "Blood bilirubin increased", "251", "", {"upper_limit": "90", "baseline": "100"}, [3]),
        ("5", "Fibrinogen decreased", "1.4", "g/L", {"lower_limit": "2", "baseline": "2.8"}, [3]),
        ("5", "Fibrinogen decreased", "49", "mg/dL", {}, [4]),
        ("5", "Ejection fraction decreased", "45", "%", {"baseline": "50"}, [2]),
        ("5", "Ejection fraction decreased", "55", "%", {"baseline": "60"}, [0]),
        ("5", "Weight loss", "90", "kg", {"baseline": "100"}, [2]),
        ("5", "Weight loss", "96", "kg", {"baseline": "100"}, [0]),
        # absolute limits at their bounds, in both systems of units
        ("5", "Neutrophil count decreased", "499", "/mm3", {}, [4]),
        ("6", "Neutrophil count decreased", "499", "/mm3", {}, [3]),
        ("6", "Neutrophil count decreased", "1.5", "10^9/L", {}, [0]),
        ("5", "White blood cell decreased", "2", "G/L", {}, [2]),
        ("5", "White blood cell decreased", "2", "g/L", {}, []),
        ("5", "Anemia", "4.8", "mmol/L", {}, [3]),
        ("5", "Hypoglycemia", "2.2", "mmol/L", {}, [2]),
        ("5", "Hypoglycemia", "39", "mg/dL", {}, [3]),
        ("5", "Hypocalcemia", "1.74", "mmol/L", {}, [3]),
        ("5", "Hypocalcemia (Ionized)", "0.95", "mmol/L", {}, [2]),
        ("5", "Hypercalcemia (Ionized)", "1.81", "mmol/L", {}, [4]),
        ("5", "Hypermagnesemia", "1.23", "mmol/L", {"upper_limit": "1.0"}, [1]),
        ("5", "Hypermagnesemia", "1.24", "mmol/L", {}, [3]),
        ("5", "Hypertriglyceridemia", "1.71", "mmol/L", {}, [1]),
        ("5", "Hypertriglyceridemia", "1.7", "mmol/L", {}, [0]),
        ("5", "Hypoalbuminemia", "1.9", "g/dL", {}, [3]),
        ("5", "Acidosis", "7.29", "", {}, [3]),
        ("5", "Alkalosis", "7.5", "", {"upper_limit": "7.45"}, [1]),
        ("5", "Hemoglobin increased", "19.1", "g/dL", {"upper_limit": "17"}, [2]),
        ("5", "Urine output decreased", "79", "mL/8h", {}, [3]),
        ("5", "Urine output decreased", "239", "mL/24h", {}, [4]),
        ("5", "Urine output decreased", "300", "mL/24h", {}, []),
        # not by a number, not a term, not a version, not a number
        ("5", "Hypotension", "60", "mmHg", {}, []),
        ("5", "Hyperglycemia", "30", "mmol/L", {}, []),
        ("6", "Platelet count decreased", "10", "10^9/L", {}, []),
        ("4", "Anemia", "79", "g/L", {}, []),
        ("5", "Anemia", "low", "g/L", {}, []),
        ("5", "Anemia", "NaN", "g/L", {}, []),
        ("5", "Hyperkalemia", "6.1", "", {}, []),
        ("5", "Haptoglobin decreased", "-1", "g/L", {"lower_limit": "0.3"}, []),
    ],
)
def test_a_value_has_the_grades_its_limits_leave_open(
    version: str, term: str, value: str, unit: str, known: dict[str, str], expected: list[int]
) -> None:
    assert grades(version, term, value, unit, **known) == expected


@pytest.mark.parametrize(
    ("term", "unit", "value", "reason"),
    [
        ("Hypotension", "mmHg", "60", "by symptoms or treatment"),
        ("Anemia", "", "79", "the unit is missing"),
        ("Anemia", "G/cL", "79", "'G/cL' does not fit"),
        ("Anemia", "g/L", "", "the value is missing"),
        ("Anemia", "g/L", "120", "a limit of the laboratory or the baseline is missing"),
        ("Anaemia of Mars", "g/L", "79", "no term of CTCAE v5.0"),
    ],
)
def test_a_refusal_says_why(term: str, unit: str, value: str, reason: str) -> None:
    proposal = proposal_for(WrittenResult(version="5", term=term, value=value, unit=unit))

    assert proposal.grades == ()
    assert reason in proposal.rule


def test_the_rule_names_term_version_and_limits() -> None:
    proposal = proposal_for(WrittenResult(version="5", term="anemia", value="7.9", unit="g/dL"))

    assert proposal.rule == "Anemia, CTCAE v5.0: grade 3: < 80 g/L"


def test_a_grade_that_depends_on_the_baseline_says_so() -> None:
    [limits] = [one for one in shipped_limits() if (one.version, one.code) == ("6.0", "10001551")]

    assert grade_in_words(limits, 2) == (
        "> 3 × ULN if the baseline was not above ULN or > 1.5 × baseline if the baseline was above ULN"
    )


def test_every_line_of_limits_is_a_term_with_that_grade() -> None:
    for version in ("5.0", "6.0"):
        terms = {term.code: term for term in shipped_terms(version)}
        for limits in shipped_limits():
            if limits.version == version:
                term = terms[limits.code]
                assert (limits.term, set(limits.by_grade) <= set(term.grades)) == (term.term, True), limits


def test_every_unit_of_the_limits_can_be_written() -> None:
    written = {unit.unit for unit in shipped_units() if unit.factor == Decimal(1)}

    assert {one.unit for one in shipped_limits()} - {ANY_UNIT} <= written


def test_limits_that_cannot_be_read_are_refused() -> None:
    row = {
        "version": "5.0",
        "code": "1",
        "term": "T",
        "variant": "",
        "unit": "any",
        "alone": "yes",
        "note": "",
    }
    cells = {"grade_1": "over ULN", "grade_2": "", "grade_3": "", "grade_4": ""}

    with pytest.raises(LimitsError, match="over ULN"):
        parse_limits(row | cells)


def test_every_phrase_of_the_tables_is_marked_for_the_translators() -> None:
    limits = shipped_limits()
    said = {one.note for one in limits} | {one.variant for one in limits}
    said |= {situation for one in limits for situation in one.situations}

    assert said - {""} <= set(TABLE_PHRASES)
