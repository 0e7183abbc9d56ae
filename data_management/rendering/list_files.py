"""A list as CSV or as a workbook: text only, no cell that a spreadsheet would run, the same bytes for the same rows."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from audit.rules.spreadsheet import harmless

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
BYTE_ORDER_MARK = "\ufeff"
"""Without it a spreadsheet reads the accents of a CSV file wrongly."""
_NUMBER = re.compile(r"^[+-]?\d+(?:[.,]\d+)?$", re.ASCII)
_STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The earliest date of a ZIP entry."""
SHEET_NAME = "list"


def list_file(
    file_format: str, columns: Sequence[str], rows: Iterable[Sequence[str]], *, at: datetime
) -> bytes:
    """The file, headings first. `at` is the moment that a workbook says it was made."""
    cells = ([safe_cell(text) for text in row] for row in (columns, *rows))
    return _csv(cells) if file_format == "csv" else _xlsx(cells, at)


def safe_cell(text: str) -> str:
    """A cell that is shown and never run: an apostrophe before what looks like a formula; a number stays a number."""
    clean = ILLEGAL_CHARACTERS_RE.sub("", text)
    return clean if _NUMBER.match(clean) else harmless(clean)


def _csv(rows: Iterable[Sequence[str]]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerows(rows)
    return (BYTE_ORDER_MARK + buffer.getvalue()).encode()


def _xlsx(rows: Iterable[Sequence[str]], at: datetime) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(SHEET_NAME)
    for row in rows:
        sheet.append(list(row))
    buffer = io.BytesIO()
    book.save(buffer)
    return _settled(buffer.getvalue(), at)


def _settled(workbook: bytes, at: datetime) -> bytes:
    """The workbook with `at` in place of the clock's time, in its properties and its archive."""
    stamp = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as made,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as settled,
    ):
        for entry in made.infolist():
            content = _STAMP.sub(rb"\g<1>" + stamp + rb"\g<2>", made.read(entry))
            settled.writestr(zipfile.ZipInfo(entry.filename, _FIRST_DAY), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
