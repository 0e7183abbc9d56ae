"""The differences of a new version of a report from the one before: every corrected value, and the reason."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from audit.models import Entry
from reports.choices import ReportFormat, ReportKind
from reports.frames.schema import SCHEMAS
from reports.frames.writing import Row, moment_text
from reports.models import BoardReport, ReportDocument, ReportSnapshot
from reports.queries.as_of import Past
from reports.queries.people import People
from reports.queries.records import ALL_TABLES, Corrections
from reports.rules.corrections import FrameRows, frame_changes
from reports.rules.printed_figures import printed_figures

KEYS = {name: schema.unique for name, schema in SCHEMAS.items()}

NAMED_BY: Mapping[str, Mapping[str, str]] = {
    "infusions": {"number": "number"},
    "adverse_events": {"event": "number"},
    "haemodynamic_readings": {"taken_at": "taken_at"},
    "vasopressor_rates": {"reading": "reading_id", "agent": "agent"},
    "daily_assessments": {"day": "assessed_date"},
    "specimens": {"planned_day": "planned_day", "specimen": "id"},
    "sensitising_events": {"kind": "kind", "event": "id"},
    "participant_typings": {"specificity": "specificity"},
    "antibody_results": {"specimen": "specimen_id", "specificity": "specificity"},
    "product_batches": {"batch": "code"},
    "sites": {"site": "code"},
}
"""Besides the participant, what identifies a row of a table: the word of the line and the column."""

ARMS = {"arm_code": "arm", "received_arm_code": "arm received"}
"""Columns with an arm, and the word of the line, which has its letter."""

KEYS_OF_ARMS = frozenset({"arm_letters", "arm_key_openings"})

UNSHOWN = frozenset({"id", "recorded_at", "changed_at", "participant_id"})
"""Columns that no line shows; and the two ends of a partial date, which follow from its text."""


def kept_snapshot(report: BoardReport, kind: ReportKind) -> dict[str, Any]:
    """The frozen content of a report. Needs an open clearance."""
    content: dict[str, Any] = json.loads(bytes(ReportSnapshot.objects.get(report=report, kind=kind).content))
    return content


def corrections_for(report: BoardReport) -> Corrections | None:
    """The corrections in a new version; None for a first version. Needs an open clearance."""
    before, until = report.corrects, report.corrections_until
    if before is None or until is None or before.data_cutoff_at is None:
        return None
    first = before
    while first.corrects is not None:
        first = first.corrects
    frozen = ReportSnapshot.objects.get(report=first, kind=ReportKind.CLOSED)
    return Corrections(before.corrections_until or before.data_cutoff_at, until, frozen.recorded_at)


def corrections_of(
    report: BoardReport, kind: ReportKind, people: People, frames: Mapping[str, FrameRows]
) -> dict[str, Any] | None:
    """The changes of the new version; None for a first version. Needs an open clearance.

    `changes` are the corrections: table, row, column, the value before and after, and the reasons that the trail keeps.
    `figures_before` are the figures that the version before printed.
    `differing` is how many values of all frames differ; they follow from the corrections.
    """
    if report.corrects is None:
        return None
    kept = kept_snapshot(report.corrects, kind)["frames"]
    before = {name: _as_rows(frame) for name, frame in kept.items()}
    return {
        "corrects_version": report.corrects.report_version,
        "corrections_until": moment_text(report.corrections_until),
        "reason": report.reason,
        "changes": [line for name in people.records.tables for line in _lines(report, people, name)],
        "differing": len(frame_changes(before, frames, KEYS)),
        "figures_before": _figures_before(report.corrects, kind),
    }


def _figures_before(report: BoardReport, kind: ReportKind) -> list[Any]:
    """The figures of the version before, from its archived document, independent of the present code."""
    document = ReportDocument.objects.get(report=report, kind=kind, format=ReportFormat.JSON)
    return printed_figures(json.loads(bytes(document.content))["tables"])


def _as_rows(frame: FrameRows | Mapping[str, Sequence[Any]]) -> FrameRows:
    """The rows of a frame that a snapshot stores as rows or by columns."""
    if not isinstance(frame, Mapping):
        return frame
    return [dict(zip(frame, values, strict=True)) for values in zip(*frame.values(), strict=True)]


def _lines(report: BoardReport, people: People, table: str) -> Iterator[dict[str, Any]]:
    """The corrected values of a table, in the order of its rows."""
    now, before = people.records.tables[table], people.records.uncorrected.get(table)
    if before is None or now is before or table in KEYS_OF_ARMS:
        return
    changed = [
        (old, new)
        for old, new in _changed_rows(before, now)
        if _is_shown(people, new) and any(_differing(old, new))
    ]
    if not changed:
        return
    entries = _entries(report, table, [new["id"] for _old, new in changed])
    codes, letters = _codes(people), _letters(people)
    for old, new in changed:
        key = _key(codes, table, new)
        for name in _differing(old, new):
            acts = _of_column(entries[new["id"]], name)
            yield _line(table, key, name, _coded(letters, old), _coded(letters, new), acts)


def _changed_rows(before: Past, now: Past) -> Iterator[tuple[Row, Row]]:
    """The rows that differ. Both lists have the same rows in the same order."""
    return ((old, new) for old, new in zip(before.rows, now.rows, strict=True) if old != new)


def _letters(people: People) -> dict[str, str]:
    """The coded letter of each arm."""
    return {each["arm_code"]: each["letter"] for each in people.records["arm_letters"]}


def _codes(people: People) -> dict[int, str]:
    """The code of each participant."""
    return {each["id"]: each["code"] for each in people.records.tables["participants"].rows}


def _coded(letters: Mapping[str, str], row: Row) -> Row:
    """The row with coded letters in place of arms: the key is in no report."""
    return {name: letters.get(value) if name in ARMS else value for name, value in row.items()}


def _differing(old: Row, new: Row) -> Iterator[str]:
    if new.get("voided_at") is not None:
        if old.get("voided_at") is None:
            yield "voided_at"
        return
    for name in new:
        if (
            name not in UNSHOWN
            and not name.endswith(("_earliest_at", "_latest_at"))
            and old[name] != new[name]
        ):
            yield name


def _is_shown(people: People, row: Row) -> bool:
    """For participants enrolled after the look the report has the screening only."""
    return row.get("participant_id") is None or row["participant_id"] in people.counted


def _key(codes: Mapping[int, str], table: str, row: Row) -> dict[str, Any]:
    participant = row.get("participant_id")
    whose = {"participant": row["code"]} if table == "participants" else {}
    if participant is not None:
        whose = {"participant": codes.get(participant)}
    named = NAMED_BY.get(table, {} if whose else {"record": "id"})
    return whose | {word: _plain(row[column]) for word, column in named.items()}


def _line(
    table: str, key: Mapping[str, Any], name: str, old: Row, new: Row, acts: Sequence[Entry]
) -> dict[str, Any]:
    """One corrected value; a void record has no column, and is not in the report any more."""
    is_void = name == "voided_at"
    return {
        "frame": table,
        "key": dict(key),
        "column": "" if is_void else ARMS.get(name, name),
        "before": "there" if is_void else _plain(old[name]),
        "after": "not there" if is_void else _plain(new[name]),
        "reasons": list(dict.fromkeys(act.reason for act in acts)),
        "by": list(dict.fromkeys(act.actor_label for act in acts)),
        "at": list(dict.fromkeys(moment_text(act.at) for act in acts)),
    }


def _plain(value: Any) -> Any:
    """A value as JSON can store it."""
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


def _entries(report: BoardReport, table: str, row_ids: Sequence[int]) -> dict[int, list[Entry]]:
    """The changes of rows since the version before, as the trail keeps them; by one query for all."""
    corrected = report.corrects
    since = corrected and (corrected.corrections_until or corrected.data_cutoff_at)
    model, _columns = ALL_TABLES[table]
    entries = Entry.objects.filter(
        trial_id=report.trial_id, table_name=model._meta.db_table, row_id__in=row_ids, change="UPDATE"
    )
    by_row: dict[int, list[Entry]] = {row_id: [] for row_id in row_ids}
    for entry in entries.filter(at__gt=since, at__lte=report.corrections_until).order_by("at", "id"):
        by_row[entry.row_id].append(entry)
    return by_row


def _of_column(entries: Sequence[Entry], name: str) -> list[Entry]:
    """The changes of one column."""
    return [entry for entry in entries if (entry.old or {}).get(name) != (entry.new or {}).get(name)]
