"""The trail of a whole trial as CSV or JSON Lines, piece by piece: a million entries take the memory of a page."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from accounts.choices import ClearanceGround
from accounts.models import User
from accounts.services import cleared
from audit.queries.lines import entry_pages
from audit.rules.chain import EntryLine, canonical_line
from audit.rules.spreadsheet import harmless
from trials.models import Trial

CONTENT_TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl; charset=utf-8"}
"""The formats, and their media types."""
HEADINGS = (
    "id",
    "at",
    "written_at",
    "actor_id",
    "actor_label",
    "reason",
    "request_id",
    "table_name",
    "row_id",
    "change",
    "changed_columns",
    "old",
    "new",
    "sealed",
)


def open_trail(*, trial: Trial | None, form: str, since: datetime | None = None) -> Iterator[bytes]:
    """The entries that blinded people may read, in the order of their numbers.

    Without a trial those of accounts.
    """
    encode = _ENCODERS[form]
    if form == "csv":
        yield _rows([HEADINGS])
    for page in entry_pages(trial_id=trial.pk if trial else None, sealed=False, since=since):
        yield encode(page)


def whole_trail(
    *,
    trial: Trial,
    form: str,
    by: User,
    at: datetime,
    since: datetime | None = None,
    request_id: str = "",
) -> Iterator[bytes]:
    """First the open entries, then the sealed ones, each page of which leaves a clearance in the log.

    The caller has checked that the person may open sealed rows. Each page is a transaction of its own, so that a slow
    reader blocks nothing.
    """
    yield from open_trail(trial=trial, form=form, since=since)
    pages = entry_pages(trial_id=trial.pk, sealed=True, since=since)
    while True:
        opening = cleared(
            ground=ClearanceGround.AUDIT,
            by=by,
            trial_id=trial.pk,
            purpose="Export the audit trail with its sealed entries",
            at=at,
            request_id=request_id,
        )
        with opening:
            page = next(pages, None)
        if page is None:
            return
        yield _ENCODERS[form](page)


def _json_lines(page: Iterable[EntryLine]) -> bytes:
    """One line per entry: the same text that the chain hashes."""
    return "".join(f"{canonical_line(line)}\n" for line in page).encode()


def _csv_rows(page: Iterable[EntryLine]) -> bytes:
    return _rows(_cells(line) for line in page)


def _cells(line: EntryLine) -> tuple[object, ...]:
    said = (line.actor_label, line.reason, line.request_id)
    return (
        line.id,
        line.at,
        line.written_at,
        line.actor_id,
        *(harmless(text) for text in said),
        line.table_name,
        line.row_id,
        line.change,
        " ".join(_changed(line)),
        line.old or "",
        line.new or "",
        str(line.sealed).lower(),
    )


def _changed(line: EntryLine) -> Iterator[str]:
    """The columns that an update changed; of a first entry all are new."""
    if line.old and line.new:
        old = json.loads(line.old)
        yield from (name for name, value in json.loads(line.new).items() if old.get(name) != value)


def _rows(rows: Iterable[Iterable[object]]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerows(rows)
    return buffer.getvalue().encode()


_ENCODERS: dict[str, Callable[[Iterable[EntryLine]], bytes]] = {"csv": _csv_rows, "jsonl": _json_lines}
