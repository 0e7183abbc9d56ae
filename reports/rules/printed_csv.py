"""A printed table as CSV: `label,arm,count,denominator,percent,p_value`, one line per row and arm."""

from __future__ import annotations

import csv
import io

from reports.rules.printed_table import PrintedRow, PrintedTableError

COLUMNS = ("label", "arm", "count", "denominator", "percent", "p_value")


def rows_from_csv(content: bytes) -> tuple[PrintedRow, ...]:
    """The rows of the file; blank lines are skipped, further columns are ignored.

    Raises PrintedTableError, one sentence with line, column, value and rule, for a file that is not UTF-8,
    lacks a column or names one twice, has a line of another length, no row at all, an empty label or arm, or a count or
    denominator that is no whole number.
    """
    lines = list(_lines(content))
    if not lines:
        raise PrintedTableError("Line 1: the file is empty; it begins with " + ",".join(COLUMNS) + ".")
    header = [name.strip() for name in lines[0][1]]
    _refuse_header(header)
    rows = tuple(_row(number, header, fields) for number, fields in lines[1:])
    if not rows:
        raise PrintedTableError("Line 2: the table has no row.")
    return rows


def _refuse_header(header: list[str]) -> None:
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        only = " and separated by commas" if ";" in header[0] or "\t" in header[0] else ""
        raise PrintedTableError(
            f"Line 1: the column {missing[0]} is missing; the columns are {','.join(COLUMNS)}{only}."
        )
    repeated = [name for name in COLUMNS if header.count(name) > 1]
    if repeated:
        raise PrintedTableError(f"Line 1: the column {repeated[0]} occurs twice; each is named once.")


def _lines(content: bytes) -> list[tuple[int, list[str]]]:
    """Each line that is not blank, with its number in the file (the first of a line that spans several)."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise PrintedTableError(
            f"Line {line}: byte {content[error.start]:#04x} is not UTF-8 text."
        ) from error
    found, before = [], 0
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for fields in reader:
            if any(field.strip() for field in fields):
                found.append((before + 1, fields))
            before = reader.line_num
    except csv.Error as error:
        raise PrintedTableError(f"Line {before + 1}: is not valid CSV ({error}).") from error
    return found


def _row(line: int, header: list[str], fields: list[str]) -> PrintedRow:
    if len(fields) != len(header):
        raise PrintedTableError(f"Line {line}: has {len(fields)} fields, the header has {len(header)}.")
    values = dict(zip(header, (field.strip() for field in fields), strict=True))
    for name in ("label", "arm"):
        if not values[name]:
            raise PrintedTableError(f"Line {line}, {name}: is empty; every line names its {name}.")
    return PrintedRow(
        line=line,
        label=values["label"],
        arm=values["arm"],
        count=_whole(line, "count", values["count"]),
        denominator=_whole(line, "denominator", values["denominator"]),
        percent=values["percent"],
        p_value=values["p_value"],
    )


LARGEST_COUNT = 1_000_000_000


def _whole(line: int, column: str, text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) <= LARGEST_COUNT):
        raise PrintedTableError(
            f"Line {line}, {column}: {text!r} is no whole number from 0 to {LARGEST_COUNT}."
        )
    return int(text)
