"""A closed report of a study that was just imported, and how tests read it."""

import json
import tempfile
from pathlib import Path
from typing import Any

from django.core.management import call_command


def closed_report(code: str) -> dict[str, Any]:
    """The JSON of an ad hoc closed report."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "closed.json"
        call_command(
            "dsmb_report", code, "--now", "--kind", "closed", "--format", "json", "--output", str(path)
        )
        content: dict[str, Any] = json.loads(path.read_text())
    return content


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
