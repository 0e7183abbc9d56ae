"""The shipped terms as facts, compared with NCI's table."""

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from events.rules.ctcae import GRADES, Term, available_grades, fold, is_other_specify
from events.rules.ctcae_table import (
    TableError,
    parse_official_table,
    parse_vocabulary,
    recognise_version,
    table_differences,
)

VOCABULARY = Path(__file__).resolve().parents[3] / "events" / "vocabulary"
NO_BREAK = "\N{NO-BREAK SPACE}"


def shipped(version: int) -> tuple[Term, ...]:
    with (VOCABULARY / f"ctcae_v{version}.csv").open(encoding="utf-8", newline="") as file:
        return parse_vocabulary(_numbered(csv.DictReader(file)))


def _numbered(rows: "csv.DictReader[str]") -> Iterator[tuple[int, dict[str, str]]]:
    for row in rows:
        yield rows.line_num, row


@pytest.mark.parametrize(
    ("version", "terms", "unavailable"),
    [(5, 837, {1: 192, 2: 92, 3: 87, 4: 286, 5: 343}), (6, 850, {1: 198, 2: 96, 3: 96, 4: 287, 5: 338})],
)
def test_shipped_vocabulary_has_the_counts_of_the_original(
    version: int, terms: int, unavailable: dict[int, int]
) -> None:
    vocabulary = shipped(version)

    missing = Counter(grade for term in vocabulary for grade in GRADES if grade not in term.grades)
    assert len(vocabulary) == terms
    assert len({term.soc for term in vocabulary}) == 26
    assert sum(is_other_specify(term.term) for term in vocabulary) == 26
    assert dict(missing) == unavailable


def test_shipped_vocabulary_knows_which_grades_exist() -> None:
    grades = {term.term: term.grades for term in shipped(5)}

    assert grades["Death NOS"] == grades["Disease progression"] == grades["Sudden death NOS"] == (5,)
    assert min(grades["Ventricular fibrillation"]) == min(grades["Cardiac arrest"]) == 4
    assert max(grades["Sinus tachycardia"]) == 3
    assert min(grades["Sepsis"]) == 3


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("mild", " -", "-", "", "Death"), (1, 5)),
        ((f"{NO_BREAK}-", f"mild {NO_BREAK}", "–", "worse", NO_BREAK), (2, 4)),
        (("-", "-", "-", "-", "-"), ()),
    ],
)
def test_available_grades_are_the_cells_that_hold_a_wording(
    cells: tuple[str, ...], expected: tuple[int, ...]
) -> None:
    assert available_grades(cells) == expected


def test_fold_ignores_case_accents_and_spelling() -> None:
    assert fold("Haémorrhage, OEDEMA, Œdema") == fold("hemorrhage  edema edema")


NCI_HEADINGS = [
    "MedDRA Code",
    "MedDRA SOC",
    "CTCAE Term",
    *[f"Grade {grade} {NO_BREAK}{NO_BREAK}" for grade in GRADES],
    "Definition",
    "Navigational Note",
]
KNOWN = (
    Term("10002272", "Blood and lymphatic system disorders", "Anemia", (1, 2, 5)),
    Term("10021097", "Vascular disorders", "Hypotension", (3,)),
)
ANEMIA = ["10002272", KNOWN[0].soc, "Anemia", "low", "lower", " -", "-", "Death", "Too little.", " -"]
HYPOTENSION = [
    "10021097",
    f"Vascular{NO_BREAK}disorders",
    "Hypotension ",
    "-",
    "-",
    "urgent",
    "-",
    "-",
    "",
    "",
]


def table(*rows: list[str]) -> list[tuple[int, dict[str, str]]]:
    return [(line, dict(zip(NCI_HEADINGS, row, strict=True))) for line, row in enumerate(rows, start=2)]


def test_official_table_as_nci_writes_it_is_read_and_agrees() -> None:
    official = parse_official_table(table(ANEMIA, HYPOTENSION))

    assert [row.term for row in official] == list(KNOWN)
    assert official[0].wording == {1: "low", 2: "lower", 5: "Death"}
    assert (official[0].definition, official[0].note) == ("Too little.", "")
    assert table_differences(official, KNOWN, version="5.0") == ()


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        (2, "Anaemia", "Line 2, term: 'Anaemia' is refused; CTCAE v5.0 has 'Anemia' for code 10002272."),
        (5, "worst", "Line 2, grades: '1235' is refused; CTCAE v5.0 has '125' for code 10002272."),
        (1, "Eye disorders", "Line 2, soc: 'Eye disorders' is refused; CTCAE v5.0 has"),
        (0, "10002273", "Line 2, code: '10002273 Anemia' is refused; CTCAE v5.0 has no such code."),
    ],
)
def test_table_of_other_terms_is_refused_by_line_and_value(column: int, value: str, sentence: str) -> None:
    changed = [*ANEMIA]
    changed[column] = value

    refusals = table_differences(parse_official_table(table(changed, HYPOTENSION)), KNOWN, version="5.0")

    assert str(refusals[0]).startswith(sentence)


def test_table_that_lacks_a_term_is_refused() -> None:
    refusals = table_differences(parse_official_table(table(ANEMIA)), KNOWN, version="5.0")

    assert [refusal.params["value"] for refusal in refusals] == ["'10021097 Hypotension'"]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([["1000227", *ANEMIA[1:]]], "Line 2, code: '1000227' is refused; a code has eight digits."),
        ([ANEMIA, ANEMIA], "Line 3, code: '10002272' is refused; line 2 has it already."),
        ([["10002272", "", *ANEMIA[2:]]], "Line 2, soc: '' is refused"),
        ([], "no rows"),
    ],
)
def test_impossible_table_is_refused(rows: list[list[str]], sentence: str) -> None:
    with pytest.raises(TableError) as caught:
        parse_official_table(table(*rows))

    assert sentence in str(caught.value)


def test_table_without_a_column_is_refused_by_its_name() -> None:
    with pytest.raises(TableError, match="column: 'grade_1' is refused"):
        parse_official_table([(2, {"MedDRA Code": "10002272", "MedDRA SOC": "x", "CTCAE Term": "y"})])


@pytest.mark.parametrize("grades", ["", "21", "16", "x", "11"])
def test_vocabulary_with_impossible_grades_is_refused(grades: str) -> None:
    row = {"code": "10002272", "soc": "Blood", "term": "Anemia", "grades": grades}

    with pytest.raises(TableError, match="Line 2, grades"):
        parse_vocabulary([(2, row)])


def test_version_of_a_table_is_recognised_by_its_terms() -> None:
    vocabularies = {"5.0": shipped(5), "6.0": shipped(6)}
    rows = [
        [term.code, term.soc, term.term, *["x" if g in term.grades else "-" for g in GRADES], "", ""]
        for term in shipped(6)
    ]

    assert recognise_version(parse_official_table(table(*rows)), vocabularies) == "6.0"
