"""The report as its readers meet it: page one, then figures, then tables, then listings. One model for HTML
and PDF.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dsmb.rendering.document import Document
from dsmb.rendering.figures.drawing import Drawing
from dsmb.rendering.figures.registry import Material, drawings
from dsmb.rendering.grids import Grid, lay_out
from dsmb.rendering.labels import measure_label
from dsmb.rendering.order import in_sections
from dsmb.rendering.questions import Answer, answers
from dsmb.rendering.wording import (
    NOT_RECORDED,
    TOTAL,
    cutoff_text,
    day_text,
    look_text,
    number_text,
    share_text,
)

NEWS_TABLE = "new_since_last_look"
MISSING_TABLE = "reconciliation"
BOUNDARIES_TABLE = "boundaries"
MOST_NEWS_LINES = 6
HASH_SHOWN = 12


@dataclass(frozen=True)
class Fact:
    """A label and its value: where the trial stands, what the report was made with."""

    label: str
    value: str


@dataclass(frozen=True)
class Part:
    """A section of the report with its tables as they are shown."""

    id: str
    title: str
    grids: tuple[Grid, ...]


@dataclass(frozen=True)
class Page:
    """Everything HTML and PDF show, as text; neither computes anything."""

    kind: str
    trial: str
    title: str
    look: str
    version: str
    cutoff: str
    cutoff_iso: str
    snapshot_sha256: str
    stamp: str
    standing: tuple[Fact, ...]
    answers: tuple[Answer, ...]
    boundaries: tuple[str, ...]
    news: tuple[str, ...]
    missing: tuple[str, ...]
    decision: tuple[Fact, ...]
    figures: tuple[Drawing, ...]
    parts: tuple[Part, ...]
    provenance: tuple[Fact, ...]

    @property
    def tables(self) -> tuple[Grid, ...]:
        """Every table, in the order of the sections."""
        return tuple(grid for part in self.parts for grid in part.grids)


def page_of(document: Document) -> Page:
    """The page model of a report document."""
    tables = {str(table["id"]): table for table in document["tables"]}
    kind, cutoff = str(document["kind"]).upper(), cutoff_text(document["data_cutoff_at"])
    return Page(
        kind=kind,
        trial=document["trial"],
        title=document["title"],
        look=look_text(document["look"]),
        version=str(document["version"]),
        cutoff=cutoff,
        cutoff_iso=document["data_cutoff_at"],
        snapshot_sha256=document["snapshot_sha256"],
        stamp=_stamp(document, kind, cutoff),
        standing=_standing(document, tables.get("enrolment")),
        answers=answers(document),
        boundaries=_listed_lines(tables.get(BOUNDARIES_TABLE), most_columns=2),
        news=_news(tables.get(NEWS_TABLE)),
        missing=_missing(document, tables.get(MISSING_TABLE)),
        decision=_decision(document),
        figures=_figures(document, tables),
        parts=_parts(document),
        provenance=_provenance(document),
    )


def _stamp(document: Document, kind: str, cutoff: str) -> str:
    """The line that every table, figure and page carries."""
    parts = (
        kind,
        document["trial"],
        look_text(document["look"]),
        f"data to {cutoff}",
        f"version {document['version']}",
        f"snapshot {document['snapshot_sha256'][:HASH_SHOWN]}",
    )
    return " · ".join(parts)


def _standing(document: Document, enrolment: Mapping[str, Any] | None) -> tuple[Fact, ...]:
    """Screened, enrolled, treated … in total, from the enrolment table; from the arms when there is none."""
    cells = [] if enrolment is None else enrolment.get("cells", ())
    facts = [
        Fact(measure_label(enrolment or {}, str(cell["measure"])), share_text(cell))
        for cell in cells
        if cell["arm"] == TOTAL and cell.get("level") is None and cell.get("window") is None
    ]
    if facts:
        return tuple(facts)
    return tuple(
        Fact(f"Arm {arm['code']}", f"{arm['enrolled']} enrolled, {arm['treated']} treated")
        for arm in document["arms"]
    )


def _listed_lines(table: Mapping[str, Any] | None, *, most_columns: int | None = None) -> tuple[str, ...]:
    """A listing's rows as sentences: ``Name: state; column value``."""
    if table is None:
        return ()
    columns = table.get("columns", ())[:most_columns]
    return tuple(_line(columns, row) for row in table.get("rows", ()))


def _line(columns: Sequence[Mapping[str, Any]], row: Mapping[str, Any]) -> str:
    first, *others = columns
    head = number_text(row.get(first["id"]))
    tail = [
        f"{column['label']}: {number_text(row[column['id']])}"
        for column in others
        if row.get(column["id"]) is not None
    ]
    return f"{head} – {'; '.join(tail)}" if tail else head


def _news(table: Mapping[str, Any] | None) -> tuple[str, ...]:
    """What is new since the last look: counts first, then the first lines of the listing."""
    if table is None:
        return ("This is the first report: everything in it is new.",)
    counts = _count_lines(table)
    lines = _listed_lines(table)
    kept = lines[:MOST_NEWS_LINES]
    more = (f"and {len(lines) - len(kept)} more, in the table below.",) if len(lines) > len(kept) else ()
    return (*counts, *kept, *more) or ("Nothing new was recorded since the last look.",)


def _missing(document: Document, table: Mapping[str, Any] | None) -> tuple[str, ...]:
    """What is missing or contradictory, and what was entered after the cut-off and therefore left out."""
    late = [
        *_counted(document["entered_after_cutoff"], "entered after the cut-off: counted here, not used."),
        *_counted(document["corrected_after_cutoff"], "corrected after the cut-off: used here as they were."),
    ]
    found = [] if table is None else list(_count_lines(table))
    listed = 0 if table is None else len(table.get("rows", ()))
    if listed and not found:
        found = [f"{listed} findings to reconcile, listed in the table below."]
    unallocated = document["board"].get("without_allocation")
    if unallocated:
        found.insert(0, f"{unallocated} enrolled without an allocation yet: counted in the total, in no arm.")
    return (*found, *late) or ("Nothing is known to be missing.",)


def _counted(counts: Mapping[str, int], what: str) -> list[str]:
    return [f"{count} {name.replace('_', ' ')} {what}" for name, count in counts.items() if count]


def _count_lines(table: Mapping[str, Any]) -> tuple[str, ...]:
    """The total of each measure that is not empty, as ``label: count``."""
    cells = [cell for cell in table.get("cells", ()) if cell["arm"] == TOTAL and cell.get("count")]
    return tuple(f"{measure_label(table, str(c['measure']))}{_level(c)}: {share_text(c)}" for c in cells)


def _level(cell: Mapping[str, Any]) -> str:
    return "" if cell.get("level") is None else f", {cell['level']}"


def _decision(document: Document) -> tuple[Fact, ...]:
    board = document["board"]
    due = board.get("recommendation_due")
    value = day_text(str(due)) if due else "no date is set in the protocol"
    return (
        Fact("Recommendation due by", value),
        Fact("Who has read it", "shown on the report's page in the board's portal"),
    )


def _parts(document: Document) -> tuple[Part, ...]:
    return tuple(
        Part(section.id, section.title, tuple(grid for table in tables for grid in lay_out(table)))
        for section, tables in in_sections(document["tables"])
    )


def _figures(document: Document, tables: Mapping[str, Mapping[str, Any]]) -> tuple[Drawing, ...]:
    return drawings(
        Material(
            tables=tables,
            arms=tuple(str(arm["code"]) for arm in document["arms"]),
            looks=tuple(int(look) for look in document["board"].get("looks", ())),
            cutoff=datetime.fromisoformat(document["data_cutoff_at"]).date(),
        )
    )


def _provenance(document: Document) -> tuple[Fact, ...]:
    """What the report was made with, one line per version; the whole hash here, its beginning elsewhere."""
    facts = [
        Fact(name.replace("_", " ").capitalize(), _version_text(value))
        for name, value in document["provenance"].items()
    ]
    return (Fact("Snapshot SHA-256", document["snapshot_sha256"]), *facts)


def _version_text(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {part}" for key, part in value.items()) or NOT_RECORDED
    return number_text(value)
