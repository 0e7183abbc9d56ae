"""Reads one data set from delimited text: encoding, separator, quoting, and each record's first line (RFC 4180)."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from interchange.rules.limits import check_columns
from interchange.rules.rows import (
    HEADER_LINE,
    NO_LINE,
    BadRow,
    Dataset,
    SourceRow,
    UnreadableFileError,
    tidy_columns,
)

SEPARATORS = (",", ";", "\t", "|")
NAMES_OF_SEPARATORS = "comma, semicolon, tab or pipe"
UNFINISHED = (
    "the last line has no line break, so the file may be cut; get it again, or end it with a line break"
)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def decode(file: str, data: bytes) -> str:
    """The text of a file: by its byte order mark, else UTF-8, else Windows-1252 (what Excel and SAS write in Europe)."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _decoded(file, data, (encoding,))
    if b"\x00" in data:
        raise UnreadableFileError(BadRow(file, NO_LINE, "", "", "the file holds zero bytes and is not text"))
    return _decoded(file, data, ("utf-8", "cp1252"))


def _decoded(file: str, data: bytes, encodings: Sequence[str]) -> str:
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    reason = f"the file is not text in {' or '.join(encodings)}"
    raise UnreadableFileError(BadRow(file, NO_LINE, "", "", reason))


def separator_of(file: str, header: str) -> str:
    """The separator that splits the header into the most variable names.

    Refused when none does, with the header's text.

    Every record must then have as many values as the header, so that the whole file is checked against it.
    """
    counts = {separator: _count_of_names(header, separator) for separator in SEPARATORS}
    best = max(SEPARATORS, key=counts.__getitem__)
    if counts[best] > 1 or _VARIABLE.fullmatch(header.strip().strip('"')):
        return best
    others = Counter(letter for letter in header if not letter.isalnum() and letter not in "_\"'\r\n")
    found = others.most_common(1)[0][0] if others else ""
    reason = f"the header is not separated by {NAMES_OF_SEPARATORS}"
    raise UnreadableFileError(BadRow(file, HEADER_LINE, "", found, f"{reason}; it uses {found!r}"))


def _count_of_names(header: str, separator: str) -> int:
    """The number of variable names that a separator makes of a header; 0 when a part is no variable name."""
    try:
        parts = next(csv.reader([header], delimiter=separator), [])
    except csv.Error:
        return 0
    return len(parts) if all(_VARIABLE.fullmatch(part.strip()) or not part.strip() for part in parts) else 0


def parse_csv(name: str, file: str, data: bytes) -> Dataset:
    """The data set in a CSV file; records with too few or too many values, or broken quotes, become bad rows.

    A last line without a line break is refused: the file may have been cut within its last value.
    """
    text = decode(file, data)
    if not text.strip():
        raise UnreadableFileError(BadRow(file, HEADER_LINE, "", "", "the file is empty"))
    header_line = text.lstrip("\r\n").split("\n", 1)[0]
    check_columns(file, max(map(header_line.count, SEPARATORS)) + 1)
    records = _records(file, text, separator_of(file, header_line))
    header = next(records, None)
    if header is None or isinstance(header, BadRow):
        raise UnreadableFileError(header or BadRow(file, HEADER_LINE, "", "", "the file is empty"))
    columns = tidy_columns(file, header[1])
    rows: list[SourceRow] = []
    bad: list[BadRow] = []
    for record in records:
        result = record if isinstance(record, BadRow) else _row(file, columns, *record)
        (bad if isinstance(result, BadRow) else rows).append(result)  # type: ignore[arg-type]
    if not text.endswith(("\n", "\r")) and not bad:
        bad.append(BadRow(file, 1 + text.count("\n"), "", "", UNFINISHED))
    return Dataset(name, file, columns, tuple(rows), tuple(bad))


def _records(file: str, text: str, separator: str) -> Iterator[tuple[int, list[str]] | BadRow]:
    """Each record with the line it starts on (quoted values may contain line breaks).

    Empty lines are skipped.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield BadRow(file, line, "", "", f"the quotes of the record are broken ({error})")
            return
        if values:
            yield line, values


def _row(file: str, columns: tuple[str, ...], line: int, values: list[str]) -> SourceRow | BadRow:
    if len(values) != len(columns):
        reason = f"the record has {len(values)} values, the header has {len(columns)} columns"
        return BadRow(file, line, "", "", reason)
    return SourceRow(file, line, dict(zip(columns, map(str.strip, values), strict=True)))
