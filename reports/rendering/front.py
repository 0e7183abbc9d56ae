"""Page one, for a reader with five minutes: the state of the trial, the maturity of the data, news, missing data.

Every figure is a cell of one of the report's tables and has its identity.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reports.rendering.document import Document
from reports.rendering.labels import level_label, measure_label
from reports.rendering.sentences import Piece, Sentence, figure_text, joined, words
from reports.rendering.wording import TOTAL, arm_text, number_text, share_text

Table = Mapping[str, Any]
Tables = Mapping[str, Table]

STANDING = ("screened", "enrolled_of_planned", "expected_by_now", "treated", "withdrawn", "died")
"""Measures of the enrolment table, in the order of the board's questions."""

OVERDUE = (
    ("reconciliation", "serious_events_unsigned"),
    ("reconciliation", "adverse_events_without_grade"),
    ("reconciliation", "adverse_events_without_seriousness"),
    ("reconciliation", "adverse_events_without_cause"),
    ("reconciliation", "contradictions"),
    ("haemodynamics", "finding_open"),
    ("haemodynamics", "infusions_not_evaluable"),
)
"""Open work, by table and measure; zero counts are left out."""

NEWCOMER = "enrolled"
MOST_NEWS_LINES = 5
MOST_SITES = 10
MOST_CORRECTIONS = 10


@dataclass(frozen=True)
class Fact:
    """A label and its value; ``key`` is the identity of the figure."""

    label: str
    value: str
    key: str = ""


@dataclass(frozen=True)
class SiteCount:
    """A site with its enrolled and treated."""

    name: str
    enrolled: Piece
    treated: Piece


def standing(document: Document, tables: Tables) -> tuple[Fact, ...]:
    """Screened, enrolled, treated … in total, from the enrolment table; from the arms when there is none."""
    table = tables.get("enrolment", {})
    found = {str(cell["measure"]): cell for cell in _totals(table) if cell.get("level") is None}
    measures = [measure for measure in STANDING if measure in found] or list(found)
    facts = [
        Fact(measure_label(table, m), share_text(found[m]), figure_text(found[m], "").key) for m in measures
    ]
    return tuple(facts) or tuple(
        Fact(arm_text(str(arm["code"])), f"{arm['enrolled']} enrolled, {arm['treated']} treated")
        for arm in document["arms"]
    )


def sites(tables: Tables) -> tuple[SiteCount, ...]:
    """The sites that enrolled, the largest first; at most ten."""
    cells = {(str(c["measure"]), str(c["level"])): c for c in _totals(tables.get("enrolment", {}))}
    enrolled = [(level, cell) for (measure, level), cell in cells.items() if measure == "enrolled_by_site"]
    active = sorted((one for one in enrolled if one[1]["count"]), key=lambda one: (-one[1]["count"], one[0]))
    return tuple(
        SiteCount(
            level, figure_text(cell, str(cell["count"])), _count_piece(cells.get(("treated_by_site", level)))
        )
        for level, cell in active[:MOST_SITES]
    )


def site_note(tables: Tables) -> str:
    """The number of sites that are in the table only; empty when all are shown."""
    cells = _totals(tables.get("enrolment", {}))
    count = sum(1 for c in cells if c["measure"] == "enrolled_by_site" and c["count"])
    return f"{count - MOST_SITES} more sites are in the enrolment table." if count > MOST_SITES else ""


def _count_piece(cell: Table | None) -> Piece:
    return Piece("–") if cell is None else figure_text(cell, str(cell["count"]))


def maturity_lines(tables: Tables) -> tuple[Sentence, ...]:
    """The number of the enrolled followed to the end of each window, and the length of follow-up."""
    table = tables.get("maturity", {})
    by_place = {(str(c["measure"]), c.get("level")): c for c in _totals(table)}
    lines = []
    for (measure, level), cell in by_place.items():
        if measure != "complete_to":
            continue
        parts = [
            [
                figure_text(cell, share_text(cell)),
                Piece(f" were followed to the end of {level}, or died or withdrew by then"),
            ]
        ]
        waiting = by_place.get(("waiting_for", level))
        if waiting:
            parts.append([figure_text(waiting, share_text(waiting)), Piece(" not yet")])
        days = by_place.get(("follow_up_days", f"to {level}"))
        if days:
            parts.append([figure_text(days, number_text(days["count"])), Piece(" person-days")])
        lines.append(Sentence((*joined(parts, "; "), Piece("."))))
    return tuple(lines)


def boundary_states(tables: Tables) -> tuple[Sentence, ...]:
    """Each boundary with its state."""
    table = tables.get("boundaries")
    return () if table is None else tuple(words(line) for line in listed_lines(table, most_columns=2))


def news(tables: Tables) -> tuple[Sentence, ...]:
    """New and changed records since the last look: counts first, then the first lines of the listing."""
    table = tables.get("new_since_last_look")
    if table is None:
        return (words("This is the first report: everything in it is new."),)
    counts = _in_one(
        [*_counts(table), *_counts(tables.get("changes_since_last_look", {}), {"changed_events"})]
    )
    rows = [row for row in table.get("rows", ()) if row["what"] != NEWCOMER]
    kept = tuple(words(_news_line(row)) for row in rows[:MOST_NEWS_LINES])
    more = len(rows) - len(kept)
    rest = (words(f"and {more} more, in the table below."),) if more > 0 else ()
    said = tuple(words(str(note)) for note in table.get("notes", ())[-1:])
    return (*said, *counts, *kept, *rest) or (words("Nothing new was recorded since the last look."),)


def _news_line(row: Mapping[str, Any]) -> str:
    """``05-004: death, Sepsis, D20``."""
    day = row.get("study_day")
    parts = [row["what"], row.get("term"), None if day is None else f"D{day}"]
    head = f"{row['participant']}: " if row.get("participant") else ""
    return head + ", ".join(str(part) for part in parts if part)


def open_rule(document: Document) -> tuple[Sentence, ...]:
    """What an open report leaves out, and by which rule; nothing in a closed one."""
    rule = document["board"].get("open_report")
    if rule is None:
        return ()
    if rule["minimum_step"]:
        return (
            words(
                f"This open report shows enrolment alone: fewer than {rule['minimum_step']} participants lie between it and "
                f"another open report, so that their data could be subtracted ({rule['source']})."
            ),
        )
    parts = [
        f"tables of {', '.join(title.lower() for title in rule['left_out'])}" if rule["left_out"] else "",
        "" if rule["has_survival"] else "survival curves",
        "" if rule["has_listings"] else "lines about single participants",
    ]
    named = [part for part in parts if part]
    return (words(f"Left out of open reports: {'; '.join(named)} ({rule['source']})."),) if named else ()


def missing(document: Document, tables: Tables) -> tuple[Sentence, ...]:
    """Missing, overdue or contradictory records, and records entered too late to be used."""
    found = [
        sentence for table_id, measure in OVERDUE for sentence in _overdue(tables.get(table_id), measure)
    ]
    late = [
        *_counted(document["entered_after_cutoff"], "Entered after the cut-off, counted here and not used"),
        *_counted(document["corrected_after_cutoff"], "Corrected after the cut-off, used here as they were"),
    ]
    unallocated = document["board"].get("without_allocation")
    if unallocated:
        found.insert(
            0,
            words(
                f"{unallocated} enrolled without an allocation yet: they stand under the arm 'not recorded'."
            ),
        )
    return (*found, *_specimens(tables), *late) or (words("Nothing is known to be missing."),)


def _overdue(table: Table | None, measure: str) -> list[Sentence]:
    cells = [
        c
        for c in _totals(table or {})
        if c["measure"] == measure and c.get("count") and c.get("level") is None
    ]
    return [_labelled(table or {}, cell) for cell in cells]


def _specimens(tables: Tables) -> list[Sentence]:
    """Planned specimens with missing ones."""
    table = tables.get("antibodies", {})
    cells = [
        c
        for c in _totals(table)
        if c["measure"] == "specimens_taken" and (c["denominator"] or 0) > c["count"]
    ]
    return [_labelled(table, cell) for cell in cells]


def _labelled(table: Table, cell: Mapping[str, Any]) -> Sentence:
    level = cell.get("level")
    suffix = "" if level is None else f", {level_label(table, str(cell['measure']), level)}"
    label = f"{measure_label(table, str(cell['measure']))}{suffix}: "
    return Sentence((Piece(label), figure_text(cell, share_text(cell)), Piece(".")))


def _counts(table: Table, only: set[str] | None = None) -> list[tuple[Piece, ...]]:
    """The total of each measure that is not empty, as ``label: count``."""
    cells = [c for c in _totals(table) if c.get("count") and (only is None or c["measure"] in only)]
    return [
        (Piece(f"{measure_label(table, str(cell['measure']))}: "), figure_text(cell, share_text(cell)))
        for cell in cells
    ]


def _in_one(parts: Sequence[Sequence[Piece]]) -> tuple[Sentence, ...]:
    return (Sentence((*joined(parts, "; "), Piece("."))),) if parts else ()


def _totals(table: Table) -> list[Mapping[str, Any]]:
    return [cell for cell in table.get("cells", ()) if cell["arm"] == TOTAL]


def _counted(counts: Mapping[str, int], what: str) -> list[Sentence]:
    parts = [f"{count} {name.replace('_', ' ')}" for name, count in counts.items() if count]
    return [words(f"{what}: {', '.join(parts)}.")] if parts else []


def corrections(tables: Tables) -> tuple[Sentence, ...]:
    """Each correction of a new version in words: the value, from and to, by whom, when and why.

    Of many the first.
    """
    rows = tables.get("version_changes", {}).get("rows", ())
    said = tuple(
        words(
            f"{row['record']}: {row['value']} was {row['before']} and is now {row['after']}; corrected by "
            f"{row['by']}, {row['at']} UTC; reason: {row['reasons']}."
        )
        for row in rows[:MOST_CORRECTIONS]
    )
    more = len(rows) - len(said)
    return (*said, words(f"and {more} more, in the table below.")) if more > 0 else said


def listed_lines(table: Table, *, most_columns: int | None = None) -> tuple[str, ...]:
    """A listing's rows as sentences: ``Name – column: value; column: value``."""
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
