"""Golden snapshots: small frozen inputs, and the reports that today's code makes of them.

    .venv/bin/python -m tests.unit.reports.golden_reports

writes them again. Check the difference before you commit it: a board would see that change. The snapshots themselves
are only written when they do not exist: they represent reports that were frozen long ago.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from reports.documents import document_of
from reports.rendering.document import Document, json_bytes, sha256_hex
from reports.rendering.html import html_bytes
from reports.rendering.page import Page, page_of
from tests.unit.reports.whole_reports import make_snapshot

FOLDER = Path(__file__).resolve().parent / "golden"
KINDS = ("open", "closed")
PEOPLE = ("A00", "A01", "A03", "B00", "B01", "B04", "SCREENED")


def small_snapshot(kind: str) -> bytes:
    """The whole invented trial cut down to a few participants, without the criteria of the haemodynamic checks."""
    content = json.loads(make_snapshot(kind))
    frames = content["frames"]
    for name, rows in frames.items():
        frames[name] = [row for row in rows if row.get("participant", PEOPLE[0]) in PEOPLE]
    return (json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def snapshot(kind: str) -> bytes:
    return (FOLDER / f"{kind}.snapshot.json").read_bytes()


def expected(kind: str) -> bytes:
    return (FOLDER / f"{kind}.report.json").read_bytes()


def expected_pages() -> dict[str, str]:
    return dict(json.loads((FOLDER / "pages.json").read_text()))


@cache
def document(kind: str) -> Document:
    """Computed once in a process; it must not be changed."""
    return document_of(snapshot(kind))


@cache
def page(kind: str) -> Page:
    return page_of(document(kind))


def report(kind: str) -> bytes:
    """The JSON document, byte for byte."""
    return json_bytes(document(kind))


def page_hash(kind: str) -> str:
    """Of the HTML document, its figures included."""
    return sha256_hex(html_bytes(page(kind)))


def write() -> None:
    FOLDER.mkdir(exist_ok=True)
    pages: dict[str, Any] = {}
    for kind in KINDS:
        path = FOLDER / f"{kind}.snapshot.json"
        if not path.exists():
            path.write_bytes(small_snapshot(kind))
        (FOLDER / f"{kind}.report.json").write_bytes(report(kind))
        pages[kind] = page_hash(kind)
    (FOLDER / "pages.json").write_text(json.dumps(pages, indent=1) + "\n")


if __name__ == "__main__":
    write()
