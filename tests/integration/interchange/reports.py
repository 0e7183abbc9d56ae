"""A closed report of a study that was just imported, and how tests read it."""

import io
import json
import tempfile
from pathlib import Path
from typing import Any

from django.core.management import call_command
from pypdf import PdfReader


def closed_report(code: str) -> dict[str, Any]:
    """The JSON of an ad hoc closed report."""
    content: dict[str, Any] = json.loads(_made(code, "json"))
    return content


def paper(code: str) -> str:
    """The text of the PDF of an ad hoc closed report."""
    pages = PdfReader(io.BytesIO(_made(code, "pdf"))).pages
    return "\n".join(page.extract_text() for page in pages)


def _made(code: str, form: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "closed"
        options = ("--now", "--kind", "closed", "--format", form, "--output", str(path))
        call_command("dsmb_report", code, *options)
        return path.read_bytes()


def table_of(report: dict[str, Any], table_id: str) -> dict[str, Any]:
    """One table by its id."""
    table: dict[str, Any] = next(table for table in report["tables"] if table["id"] == table_id)
    return table


def cells(report: dict[str, Any], table_id: str, measure: str) -> list[dict[str, Any]]:
    """The total column of a measure."""
    found = table_of(report, table_id)["cells"]
    return [cell for cell in found if cell["measure"] == measure and cell["arm"] == "total"]


def count_of(report: dict[str, Any], table_id: str, measure: str) -> int:
    """The one total of a measure."""
    (cell,) = cells(report, table_id, measure)
    count: int = cell["count"]
    return count


def listed(report: dict[str, Any], rule: str) -> list[dict[str, Any]]:
    """The lines of the reconciliation that one rule found."""
    return [row for row in table_of(report, "reconciliation").get("rows", ()) if row["rule"] == rule]
