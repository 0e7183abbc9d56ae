"""The report as PDF: archival (PDF/A-2), tagged for assistive technology (PDF/UA-1), the same bytes each
time.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typst

from dsmb.rendering.document import CLOSED
from dsmb.rendering.fonts import fonts
from dsmb.rendering.page import HASH_SHOWN, Page
from dsmb.rendering.pdf_standards import STANDARDS
from dsmb.rendering.profiles import Profile

SOURCE = Path(__file__).resolve().parent / "report.typ"
AUDIENCE: Mapping[str, str] = {
    CLOSED.upper(): "For members of the board and the unblinded statistician only; arms are coded.",
}
POOLED = "All participants pooled; nothing here is split by arm."


def pdf_bytes(page: Page) -> bytes:
    """The PDF document of a report, dated with its data cut-off; it depends on no font or clock of the
    machine.
    """
    cutoff = datetime.fromisoformat(page.cutoff_iso).astimezone(UTC)
    compiled = typst.compile(
        SOURCE.read_bytes(),
        font_paths=fonts(),
        sys_inputs={"report": json.dumps(_data(page, cutoff), ensure_ascii=False)},
        format="pdf",
        pdf_standards=STANDARDS,
        timestamp=int(cutoff.timestamp()),
    )
    return bytes(compiled)


def _data(page: Page, cutoff: datetime) -> dict[str, Any]:
    """The page as the typst source reads it."""
    data = asdict(page)
    titles = {grid.id: grid.title for grid in page.tables}
    for figure in data["figures"]:
        figure["table_title"] = titles.get(figure["table_id"], figure["table_id"])
    return data | {
        "document_title": f"{page.kind} report, {page.trial}, {page.look}, version {page.version}",
        "cutoff_day": [cutoff.year, cutoff.month, cutoff.day],
        "short_hash": page.snapshot_sha256[:HASH_SHOWN],
        "audience": AUDIENCE.get(page.kind, POOLED),
        "profiles": [_profile_data(profile) for profile in page.profiles],
        "parts": [
            {
                "id": part.id,
                "title": part.title,
                "grids": [{**asdict(grid), "is_wide": grid.is_wide} for grid in part.grids],
            }
            for part in page.parts
        ],
    }


def _profile_data(profile: Profile) -> dict[str, Any]:
    return {**asdict(profile), "grid": {**asdict(profile.grid), "is_wide": profile.grid.is_wide}}
