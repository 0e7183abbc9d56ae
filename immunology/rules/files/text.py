"""Text of a file: encoding, separator, header and records with their lines; and the check for persons' names."""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from immunology.rules.files.parts import NO_LINE, FileRefusal, FileRefusedError
from immunology.rules.files.rule_texts import gettext

SEPARATORS = (";", ",", "\t", "|")
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_NAMES_A_PERSON = frozenset(
    {
        "patientname",
        "patientsname",
        "nameofpatient",
        "lastname",
        "firstname",
        "surname",
        "forename",
        "givenname",
    }
    | {
        "familyname",
        "fullname",
        "nompatient",
        "nomdupatient",
        "nom",
        "prenom",
        "name",
        "recipientname",
        "subjectname",
    }
    | {"dateofbirth", "birthdate", "dob"}
)
_MAY_NAME_A_PERSON = frozenset({"patientnameid", "patient", "patientid", "patientidname", "participant"})
_PERSON = re.compile(r"[^\W\d_]{2,}(?:[-'’][^\W\d_]+)*\s*[,\s]\s*[^\W\d_]+\.?(?:[-'’\s][^\W\d_]+\.?)*")
_ONE_WORD = re.compile(r"[^\W\d_]{3,}(?:[-'’][^\W\d_]+)*")


@dataclass(frozen=True)
class FileTable:
    """Records of a delimited file; `columns` maps a heading in small letters without blanks to its index."""

    file: str
    columns: Mapping[str, int]
    headings: tuple[str, ...]
    rows: list[list[str]]
    lines: list[int]

    def column(self, name: str) -> list[str]:
        """Every value of a column, "" where the file has no such column."""
        place = self.columns.get(name)
        return [""] * len(self.rows) if place is None else [row[place].strip() for row in self.rows]


def decoded_text(file: str, data: bytes) -> str:
    """The text: by its byte order mark, else UTF-8, else Windows-1252."""
    if not data.strip():
        raise FileRefusedError(FileRefusal(file, NO_LINE, "file", "", gettext("the file is empty")))
    marked = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), "")
    if not marked and b"\x00" in data:
        raise FileRefusedError(
            FileRefusal(file, NO_LINE, "file", "", gettext("the file has zero bytes and is not text"))
        )
    for encoding in [marked] if marked else ["utf-8", "cp1252"]:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileRefusedError(
        FileRefusal(
            file, NO_LINE, "file", "", gettext("the file is no text in UTF-8, UTF-16 or Windows-1252")
        )
    )


def simple(heading: str) -> str:
    """A heading in small letters without blanks and signs: `Patient Name/ID` as `patientnameid`."""
    return "".join(letter for letter in heading.lower() if letter.isalnum())


def commonest_separator(line: str) -> str:
    """The separator that splits the header most often."""
    return max(SEPARATORS, key=line.count)


def read_table(file: str, text: str) -> FileTable:
    """The records of a file whose first line is its header.

    Raises FileRefusedError when a column names a person (before any value is read), for a duplicate heading, or when a
    record and the header differ in length.
    """
    _refuse_cut_off(file, text)
    first = text.lstrip("\r\n").split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=commonest_separator(first), strict=True)
    try:
        records = [(reader.line_num, row) for row in reader if any(row)]
    except csv.Error as error:
        rule = gettext("the quotes of the record are broken (%(error)s)") % {"error": error}
        raise FileRefusedError(FileRefusal(file, reader.line_num, "record", "", rule)) from error
    if not records:
        raise FileRefusedError(FileRefusal(file, NO_LINE, "file", "", gettext("the file is empty")))
    headings = tuple(heading.strip() for heading in records[0][1])
    names = [simple(heading) for heading in headings]
    refuse_names_of_persons(file, headings, [])
    twice = sorted(
        {heading for heading, name in zip(headings, names, strict=True) if name and names.count(name) > 1}
    )
    if twice:
        raise FileRefusedError(
            FileRefusal(file, records[0][0], "heading", twice[0], gettext("the column is there twice"))
        )
    rows, lines = _even(file, records[1:], len(headings))
    table = FileTable(file, {name: place for place, name in enumerate(names) if name}, headings, rows, lines)
    refuse_names_of_persons(file, headings, rows)
    return table


def _refuse_cut_off(file: str, text: str) -> None:
    """A last line without its end may have lost digits: 4362,4 of 4362,43."""
    if not text.endswith(("\n", "\r")):
        rule = gettext("the last line has no line break: the file may be cut off; export it again")
        raise FileRefusedError(FileRefusal(file, text.count("\n") + 1, "record", "", rule))


def _even(file: str, records: list[tuple[int, list[str]]], width: int) -> tuple[list[list[str]], list[int]]:
    uneven = [
        FileRefusal(
            file,
            line,
            "record",
            "",
            gettext("it has %(count)s values, the header has %(width)s columns")
            % {"count": len(row), "width": width},
        )
        for line, row in records
        if len(row) != width
    ]
    if uneven:
        raise FileRefusedError(*uneven[:20])
    return [row for _, row in records], [line for line, _ in records]


def refuse_names_of_persons(file: str, headings: Iterable[str], rows: list[list[str]]) -> None:
    """Raise FileRefusedError when a column has persons' names. The value itself is not repeated."""
    for place, heading in enumerate(headings):
        name = simple(heading)
        values = {row[place].strip() for row in rows} if name in _MAY_NAME_A_PERSON else set()
        if name in _NAMES_A_PERSON or any(names_a_person(value, name) for value in values):
            rule = gettext("a column with names of persons is not accepted; export the file without it")
            raise FileRefusedError(FileRefusal(file, 1, "column", heading.strip(), rule))


def names_a_person(value: str, column: str) -> bool:
    """Whether a value of a column for patients looks like a name.

    It does with two words without a digit, or in a column for names with one.
    """
    if any(letter.isdigit() for letter in value):
        return False
    if column == "patientid":
        return _PERSON.fullmatch(value) is not None
    return _PERSON.fullmatch(value) is not None or _ONE_WORD.fullmatch(value) is not None
