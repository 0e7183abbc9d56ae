"""Reads one data set from delimited text: encoding, separator, quoting, and the line each record starts on (RFC 4180)."""

import csv
import io
from collections.abc import Iterator, Sequence

from interchange.rules.rows import (
    HEADER_LINE,
    NO_LINE,
    BadRow,
    Dataset,
    Row,
    UnreadableFileError,
    tidy_columns,
)

SEPARATORS = (",", ";", "\t")
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


def separator_of(header: str) -> str:
    """Comma, semicolon or tab, whichever the header uses most; a comma when it uses none."""
    return max(SEPARATORS, key=header.count)


def parse_csv(name: str, file: str, data: bytes) -> Dataset:
    """The data set in a CSV file; records with too few or too many values, or broken quotes, become bad rows."""
    text = decode(file, data)
    records = _records(file, text, separator_of(text.split("\n", 1)[0]))
    header = next(records, None)
    if header is None or isinstance(header, BadRow):
        raise UnreadableFileError(header or BadRow(file, HEADER_LINE, "", "", "the file is empty"))
    columns = tidy_columns(file, header[1])
    rows: list[Row] = []
    bad: list[BadRow] = []
    for record in records:
        result = record if isinstance(record, BadRow) else _row(file, columns, *record)
        (bad if isinstance(result, BadRow) else rows).append(result)  # type: ignore[arg-type]
    return Dataset(name, file, columns, tuple(rows), tuple(bad))


def _records(file: str, text: str, separator: str) -> Iterator[tuple[int, list[str]] | BadRow]:
    """Each record with the line it starts on (quoted values may hold line breaks); empty lines are passed over."""
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


def _row(file: str, columns: tuple[str, ...], line: int, values: list[str]) -> Row | BadRow:
    if len(values) != len(columns):
        reason = f"the record has {len(values)} values, the header has {len(columns)} columns"
        return BadRow(file, line, "", "", reason)
    return Row(file, line, dict(zip(columns, map(str.strip, values), strict=True)))
