"""The CIOMS I form ("Suspect adverse reaction report", CIOMS Working Group I, 1990) as PDF.

The first page has the boxes of the form. A text that does not fit into its box is shortened there, with a note, and
printed whole on a continuation page.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from documents.fonts import fonts
from documents.legible_text import legible
from documents.pdf_standards import STANDARDS

SOURCE = Path(__file__).resolve().parent / "cioms.typ"


@dataclass(frozen=True)
class CiomsBox:
    """One box: its number and label, its text, its width in twelfths of the form, and its capacity.

    `room` is characters, `lines` line breaks that fit (own choice, by the size of the box on A4).
    """

    number: str
    label: str
    text: str
    columns: int
    room: int
    lines: int = 1

    @property
    def fits(self) -> bool:
        """Whether the whole text fits into the box."""
        return len(self.text) <= self.room and self.text.count("\n") < self.lines

    @property
    def beginning(self) -> str:
        """The beginning of the text that fits, cut at a blank where possible."""
        if self.fits:
            return self.text
        first = "\n".join(self.text.split("\n")[: self.lines])[: self.room]
        return first.rsplit(" ", 1)[0] if " " in first[self.room // 2 :] else first


@dataclass(frozen=True)
class CiomsForm:
    """The form in words of one language. `rows` are rows of boxes; `criteria` are the ticks of boxes 8 to 12."""

    language: str
    title: str
    banner: str
    parts: Sequence[tuple[str, Sequence[Sequence[CiomsBox]]]]
    criteria_label: str
    criteria: Sequence[tuple[str, bool]]
    continued: str
    continuation_title: str
    foot: str
    at: datetime


def cioms_pdf(form: CiomsForm) -> bytes:
    """PDF/A-2a and PDF/UA-1, dated with the form. The same form gives the same bytes."""
    # Imported here: a web process sets a page only on request.
    import typst  # noqa: PLC0415

    compiled = typst.compile(
        SOURCE.read_bytes(),
        font_paths=fonts(),
        sys_inputs={"form": json.dumps(cioms_data(form), ensure_ascii=False)},
        format="pdf",
        pdf_standards=STANDARDS,
        timestamp=int(form.at.timestamp()),
    )
    return bytes(compiled)


def cioms_data(form: CiomsForm) -> dict[str, Any]:
    """The input of the typst source: every text printable, and the continued boxes with their whole text."""
    boxes = [box for _title, rows in form.parts for row in rows for box in row]
    return {
        "language": form.language,
        "title": form.title,
        "banner": legible(form.banner),
        "day": [form.at.year, form.at.month, form.at.day],
        "parts": [
            {"title": title, "rows": [[_box(box, form.continued) for box in row] for row in rows]}
            for title, rows in form.parts
        ],
        "criteria_label": form.criteria_label,
        "criteria": [{"label": label, "mark": "☒" if is_met else "☐"} for label, is_met in form.criteria],
        "continuation_title": form.continuation_title,
        "continuations": [
            {
                "label": f"{box.number}. {box.label}",
                "paragraphs": [legible(line) for line in box.text.split("\n")],
            }
            for box in boxes
            if not box.fits
        ],
        "foot": legible(form.foot),
    }


def _box(box: CiomsBox, continued: str) -> dict[str, Any]:
    text = box.beginning if box.fits else f"{box.beginning} … {continued}"
    return {"number": box.number, "label": box.label, "text": legible(text), "columns": box.columns}
