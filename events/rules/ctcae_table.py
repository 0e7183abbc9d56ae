"""Whether a table of terms is the CTCAE version that it claims to be; all lines are used, or none.

NCI publishes CTCAE as a spreadsheet whose headings end in no-break spaces and whose missing grades are " -" (v5.0) or
"-" (v6.0). The table is compared with the shipped vocabulary (code, class, term, available grades).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from events.rules.ctcae import GRADES, NO_GRADE, Term, available_grades, tidy
from partial_dates.refusals import Refusal, RefusalError

OFFICIAL_COLUMNS = ("code", "soc", "term", "grade_1", "grade_2", "grade_3", "grade_4", "grade_5")

_CODE = re.compile(r"[0-9]{8}")
_GRADES = re.compile(r"1?2?3?4?5?")
_COLUMN_NAMES = {
    "meddra_code": "code",
    "meddra_soc": "soc",
    "ctcae_term": "term",
    "navigational_note": "note",
}

Row = Mapping[str, str]
Parsed = TypeVar("Parsed")


class TableError(RefusalError):
    """A table of terms is invalid; every refusal names line, value and rule. Nothing of it is used."""


@dataclass(frozen=True)
class OfficialTerm:
    """One row of NCI's table: the term, the wording of each grade that exists, its definition and note.

    `line` in the file.
    """

    line: int
    term: Term
    wording: Mapping[int, str]
    definition: str
    note: str


def parse_vocabulary(numbered_rows: Iterable[tuple[int, Row]]) -> tuple[Term, ...]:
    """The terms of a vocabulary with the columns code, soc, term, grades (for example `345`).

    Each row comes with its line in the file. Raises TableError listing every line that has no eight-digit
    code, no class, no term, an impossible set of grades, or a code or term that an earlier line has.
    """
    refusals: list[Refusal] = []
    terms: list[tuple[int, Term]] = []
    for line, row in numbered_rows:
        grades = tidy(row.get("grades"))
        term = _term(row, tuple(int(digit) for digit in grades if digit.isdecimal()))
        refusals += _row_refusals(line, term)
        if not grades or not _GRADES.fullmatch(grades):
            refusals.append(_refusal(line, "grades", grades, "grades are ascending digits from 1 to 5"))
        terms.append((line, term))
    refusals += _duplicates(terms)
    return _all_or_nothing([term for _, term in terms], refusals)


def parse_official_table(numbered_rows: Iterable[tuple[int, Row]]) -> tuple[OfficialTerm, ...]:
    """NCI's table of terms, with NCI's headings (with no-break spaces) or in lower case with underscores.

    Raises TableError when a column is missing, or listing every line that is no term.
    """
    official: list[OfficialTerm] = []
    refusals: list[Refusal] = []
    for line, row in numbered_rows:
        cells = {_column(name): tidy(cell) for name, cell in row.items()}
        if not official:
            _require_columns(cells)
        official.append(_official_term(line, cells))
        refusals += _row_refusals(line, official[-1].term)
    if not official:
        refusals.append(_refusal(1, "table", "no rows", "a table of terms has at least one row"))
    refusals += _duplicates((row.line, row.term) for row in official)
    return _all_or_nothing(official, refusals)


def recognise_version(official: Iterable[OfficialTerm], vocabularies: Mapping[str, Iterable[Term]]) -> str:
    """The version of the vocabulary that shares most terms (code and name) with the table.

    Versions share most of their terms, so the best match decides, and `table_differences` then lists the differences.
    """
    given = {(row.term.code, row.term.term) for row in official}
    shared = {
        version: len(given & {(term.code, term.term) for term in terms})
        for version, terms in vocabularies.items()
    }
    return max(shared, key=lambda version: shared[version])


def table_differences(
    official: Iterable[OfficialTerm], vocabulary: Iterable[Term], *, version: str
) -> tuple[Refusal, ...]:
    """Every difference between the table and CTCAE `version`: unknown, differing and missing terms, with lines."""
    known = {term.code: term for term in vocabulary}
    rows = tuple(official)
    refusals = [refusal for row in rows for refusal in _row_differences(row, known, version)]
    last = max((row.line for row in rows), default=1)
    given = {row.term.code for row in rows}
    missing = [term for code, term in known.items() if code not in given]
    rule = f"this term of CTCAE v{version} is missing from the table"
    refusals += [_refusal(last, "term", f"{term.code} {term.term}", rule) for term in missing]
    return tuple(refusals)


def _column(name: str) -> str:
    plain = tidy(name.lstrip("\N{ZERO WIDTH NO-BREAK SPACE}")).casefold().replace(" ", "_")
    return _COLUMN_NAMES.get(plain, plain)


def _term(row: Mapping[str, str], grades: tuple[int, ...]) -> Term:
    return Term(tidy(row.get("code")), tidy(row.get("soc")), tidy(row.get("term")), grades)


def _official_term(line: int, cells: Mapping[str, str]) -> OfficialTerm:
    wordings = [cells.get(f"grade_{grade}", "") for grade in GRADES]
    term = _term(cells, available_grades(wordings))
    wording = {grade: wordings[grade - 1] for grade in term.grades}
    return OfficialTerm(
        line, term, wording, _unless_hyphen(cells, "definition"), _unless_hyphen(cells, "note")
    )


def _unless_hyphen(cells: Mapping[str, str], column: str) -> str:
    text = cells.get(column, "")
    return "" if text in NO_GRADE else text


def _require_columns(cells: Mapping[str, str]) -> None:
    missing = [column for column in OFFICIAL_COLUMNS if column not in cells]
    if missing:
        rule = "NCI's table has code, class, term and grades 1 to 5"
        raise TableError([_refusal(1, "column", column, rule) for column in missing])


def _row_refusals(line: int, term: Term) -> list[Refusal]:
    refusals = []
    if not _CODE.fullmatch(term.code):
        refusals.append(_refusal(line, "code", term.code, "a code has eight digits"))
    if not term.soc:
        refusals.append(_refusal(line, "soc", term.soc, "a term has a system organ class"))
    if not term.term:
        refusals.append(_refusal(line, "term", term.term, "a term has a name"))
    return refusals


def _duplicates(numbered: Iterable[tuple[int, Term]]) -> list[Refusal]:
    """Codes and names that an earlier line already has."""
    seen: dict[tuple[str, str], int] = {}
    refusals = []
    for line, term in numbered:
        for column, value in (("code", term.code), ("term", term.term.casefold())):
            first = seen.setdefault((column, value), line)
            if value and first != line:
                refusals.append(_refusal(line, column, value, f"line {first} has it already"))
    return refusals


def _row_differences(row: OfficialTerm, known: Mapping[str, Term], version: str) -> list[Refusal]:
    expected = known.get(row.term.code)
    if expected is None:
        rule = f"CTCAE v{version} has no such code"
        return [_refusal(row.line, "code", f"{row.term.code} {row.term.term}", rule)]
    pairs = (
        ("soc", row.term.soc, expected.soc),
        ("term", row.term.term, expected.term),
        ("grades", _digits(row.term.grades), _digits(expected.grades)),
    )
    return [
        _refusal(row.line, column, given, f"CTCAE v{version} has {wanted!r} for code {expected.code}")
        for column, given, wanted in pairs
        if given != wanted
    ]


def _digits(grades: Iterable[int]) -> str:
    return "".join(str(grade) for grade in grades)


def _refusal(line: int, column: str, value: str, rule: str) -> Refusal:
    message = "Line %(line)s, %(column)s: %(value)s is refused; %(rule)s."
    return Refusal(column, message, {"line": line, "column": column, "value": repr(value), "rule": rule})


def _all_or_nothing(rows: Sequence[Parsed], refusals: Sequence[Refusal]) -> tuple[Parsed, ...]:
    if refusals:
        raise TableError(refusals)
    return tuple(rows)
