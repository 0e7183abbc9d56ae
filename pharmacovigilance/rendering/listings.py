"""A listing (a title, facts, tables) as CSV and as PDF. The same content gives the same bytes."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from documents.fonts import fonts
from documents.legible_text import legible
from documents.pdf_standards import STANDARDS

SOURCE = Path(__file__).resolve().parent / "listing.typ"
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
"""A cell with this beginning is a formula to a spreadsheet, which would run it."""


@dataclass(frozen=True)
class ListingTable:
    """One table. Every row has as many cells as the head."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Listing:
    """A document of tables in one language. `at` is the time of its data."""

    language: str
    title: str
    eyebrow: str
    facts: Sequence[tuple[str, str]]
    tables: Sequence[ListingTable]
    foot: str
    at: datetime
    notes: Sequence[str] = field(default=())


def listing_csv(listing: Listing) -> bytes:
    """UTF-8 with a byte order mark: facts, then each table under its title, with an empty line between."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([listing.title])
    writer.writerows([_safe(name), _safe(value)] for name, value in listing.facts)
    for table in listing.tables:
        writer.writerows([[], [_safe(table.title)], [_safe(cell) for cell in table.head]])
        writer.writerows([_safe(cell) for cell in row] for row in table.rows)
        writer.writerows([[_safe(note)] for note in table.notes])
    writer.writerows([[_safe(note)] for note in listing.notes])
    return ("\ufeff" + out.getvalue()).encode()


def _safe(cell: str) -> str:
    """A sign at the beginning that a spreadsheet would calculate with is escaped; a plain number stays one."""
    is_number = cell[:1] in ("-", "+") and cell[1:].replace(".", "", 1).isdecimal()
    return f"'{cell}" if cell.startswith(FORMULA_SIGNS) and not is_number else cell


def _legible(content: Any) -> Any:
    if isinstance(content, str):
        return legible(content)
    if isinstance(content, dict):
        return {name: _legible(value) for name, value in content.items()}
    return [_legible(one) for one in content] if isinstance(content, list | tuple) else content


def listing_pdf(listing: Listing) -> bytes:
    """PDF/A-2a and PDF/UA-1 on landscape A4, dated with the data."""
    # Imported here: a web process sets a page only on request.
    import typst  # noqa: PLC0415

    data = _legible(asdict(listing)) | {"day": [listing.at.year, listing.at.month, listing.at.day]}
    compiled = typst.compile(
        SOURCE.read_bytes(),
        font_paths=fonts(),
        sys_inputs={"listing": json.dumps(data, ensure_ascii=False, default=str)},
        format="pdf",
        pdf_standards=STANDARDS,
        timestamp=int(listing.at.timestamp()),
    )
    return bytes(compiled)
