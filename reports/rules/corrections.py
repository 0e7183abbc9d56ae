"""The corrections in a corrected report: of facts known at its cut-off, nothing that happened later."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from events.rules.adverse_events.entered import COLUMNS_OF_END, CRITERIA

Row = Mapping[str, Any]
FrameRows = Sequence[Row]


EMPTY = (None, "")


@dataclass(frozen=True)
class DatedFact:
    """Columns of a table that state one fact, and the latest time of the fact.

    `enters_late`: also included when stated after the cut-off, if the fact was certainly at or before it.
    """

    stated_by: str
    moment: str
    columns: tuple[str, ...]
    enters_late: bool = False


FACTS: Mapping[str, tuple[DatedFact, ...]] = {
    "participants": (
        DatedFact(
            "has_died",
            "died_latest_at",
            ("died", "died_earliest_at", "died_latest_at", "has_died", "death_cause"),
            enters_late=True,
        ),
        DatedFact("withdrawn_date", "withdrawn_date", ("withdrawn_date",), enters_late=True),
        DatedFact("completed_date", "completed_date", ("completed_date",)),
    ),
    "infusions": (
        DatedFact("started_at", "started_at", ("status", "started_at", "start_precision")),
        DatedFact("ended_at", "ended_at", ("ended_at", "end_precision", "interrupted", "volume_ml")),
    ),
    "adverse_events": (
        DatedFact("ended", "ended_latest_at", COLUMNS_OF_END),
        DatedFact(
            "worsened",
            "worsened_latest_at",
            (
                "worsened", "worsened_earliest_at", "worsened_latest_at", "grade", "severity", "serious", *CRITERIA,
            ),
        ),
    ),
    "specimens": (DatedFact("collected_at", "collected_at", ("collected_at", "collected_precision")),),
    "unblindings": (DatedFact("disclosed_at", "disclosed_at", ("disclosed_at", "confirmation")),),
}  # fmt: skip
"""What may come to pass, and be written into a row that was there before."""

DRAFTS: Mapping[str, tuple[str, str]] = {"adverse_events": ("status", "draft")}
"""Rows that were no record yet at the cut-off: completing one is an entry, no correction."""

STEPS = frozenset({"signed_at"})
"""Columns of work on a record that is done after the cut-off; no answer that could be wrong."""

STATUS_OF = ("has_died", "withdrawn_date", "completed_date", "enrolled_at")
"""What the status of a participant follows from."""

ON_COURSE = ("adverse_events", "outcome", "FATAL")
"""Table, column and value: while an event has no end its outcome goes on, but for this one."""


def corrected_row(table: str, *, then: Row, now: Row, cutoff: datetime, zone: tzinfo) -> Row:
    """The row at the cut-off with the corrections that it has now.

    A correction replaces a value that was stated at the cut-off, or voids the row. A value that was not stated is an
    entry: it is left out, as is everything that happened after the cut-off. A death and a withdrawal that were
    certainly at or before the cut-off are included although they were stated later: the row said that there was none.
    """
    kept = {column: _corrected(column, then, now) for column in now}
    if table in DRAFTS and then.get(DRAFTS[table][0]) == DRAFTS[table][1]:
        kept = {**then, "voided_at": now.get("voided_at")}
    for fact in FACTS.get(table, ()):
        kept |= {
            column: value
            for column, value in _of_fact(fact, then, now, cutoff, zone).items()
            if column in then
        }
    if table == ON_COURSE[0] and then.get("ended") in EMPTY and then.get("outcome") != ON_COURSE[2]:
        kept |= {column: then[column] for column in ("outcome",) if column in then}
    if table == "participants" and "status" in then:
        is_as_now = all(kept.get(column) == now.get(column) for column in STATUS_OF)
        kept["status"] = now["status"] if is_as_now else then["status"]
    return kept


def _corrected(column: str, then: Row, now: Row) -> Any:
    if column == "voided_at":
        return now[column]
    return then[column] if column in then and (column in STEPS or then[column] in EMPTY) else now[column]


def _of_fact(fact: DatedFact, then: Row, now: Row, cutoff: datetime, zone: tzinfo) -> dict[str, Any]:
    """The fact's columns that are not corrections: stated since, or moved to after the cut-off."""
    was_stated, is_stated = (row.get(fact.stated_by) not in (*EMPTY, False) for row in (then, now))
    if not is_stated:
        return {}
    is_by_then = _is_by(now.get(fact.moment), cutoff, zone)
    if was_stated and is_by_then is not False:
        return {}
    source = now if fact.enters_late and not was_stated and is_by_then else then
    return {column: source.get(column) for column in fact.columns}


def _is_by(moment: date | datetime | None, cutoff: datetime, zone: tzinfo) -> bool | None:
    """Whether it was at or before the cut-off; None when unknown."""
    if moment is None:
        return None
    if isinstance(moment, datetime):
        return moment <= cutoff
    return moment <= cutoff.astimezone(zone).date()


@dataclass(frozen=True)
class FrameChange:
    """One value that differs between two versions of a report, or (`column` empty) a row that only one of them has."""

    frame: str
    key: Mapping[str, Any]
    column: str
    before: Any
    after: Any


def frame_changes(
    before: Mapping[str, FrameRows], after: Mapping[str, FrameRows], keys: Mapping[str, Sequence[str]]
) -> tuple[FrameChange, ...]:
    """The differences between the frames of two snapshots, in the order of frames and keys.

    `keys` are the columns that identify the rows of a frame; a frame without any is compared as a whole row.
    """
    frames = [frame for frame in keys if frame in before or frame in after]
    return tuple(
        change
        for frame in frames
        for change in _of_frame(frame, before.get(frame, ()), after.get(frame, ()), keys[frame])
    )


def _of_frame(frame: str, before: FrameRows, after: FrameRows, key: Sequence[str]) -> Iterator[FrameChange]:
    then, now = _by_key(before, key), _by_key(after, key)
    for place in sorted({*then, *now}, key=str):
        old, new = then.get(place), now.get(place)
        names = {name: (new or old or {}).get(name) for name in key or sorted(new or old or {})}
        if old is None or new is None:
            yield FrameChange(frame, names, "", _presence(old), _presence(new))
            continue
        for column in sorted({*old, *new}):
            if old.get(column) != new.get(column):
                yield FrameChange(frame, names, column, old.get(column), new.get(column))


def _by_key(rows: FrameRows, key: Sequence[str]) -> dict[tuple[Any, ...], Row]:
    """The rows by key; equal rows of a frame without a key are distinguished by their order."""
    found: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        plain = tuple(row.get(name) for name in key) if key else tuple(str(row[name]) for name in sorted(row))
        place = plain if key else next((*plain, n) for n in range(len(rows)) if (*plain, n) not in found)
        found[place] = row
    return found


def _presence(row: Row | None) -> str:
    return "not there" if row is None else "there"
