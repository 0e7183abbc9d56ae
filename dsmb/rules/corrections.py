"""What a corrected report takes over: corrections of what was known at its cut-off, nothing that happened later."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

Row = Mapping[str, Any]
FrameRows = Sequence[Row]


@dataclass(frozen=True)
class LaterFact:
    """Columns of a table that speak of one event, and the column that says when it was."""

    moment: str
    columns: tuple[str, ...]


LATER_FACTS: Mapping[str, tuple[LaterFact, ...]] = {
    "participants": (
        LaterFact(
            "died_earliest_at",
            ("died", "died_earliest_at", "died_latest_at", "has_died", "death_cause", "status"),
        ),
        LaterFact("withdrawn_date", ("withdrawn_date", "status")),
    ),
    "infusions": (LaterFact("ended_at", ("ended_at", "end_precision", "interrupted", "volume_ml")),),
    "adverse_events": (
        LaterFact("ended_earliest_at", ("ended", "ended_earliest_at", "ended_latest_at", "outcome")),
    ),
    "unblindings": (LaterFact("disclosed_at", ("disclosed_at", "confirmation")),),
}
"""A death, a withdrawal, an end after the cut-off is recorded in a row that was there before it, and is no correction."""


def corrected_row(table: str, *, then: Row, now: Row, cutoff: datetime, zone: tzinfo) -> Row:
    """The row as it is known now, without what happened after the cut-off: there it stays as it was then."""
    kept: dict[str, Any] = dict(now)
    for fact in LATER_FACTS.get(table, ()):
        if _is_later(now.get(fact.moment), cutoff, zone):
            kept |= {column: then[column] for column in fact.columns if column in then}
    return kept


def _is_later(moment: date | datetime | None, cutoff: datetime, zone: tzinfo) -> bool:
    if moment is None:
        return False
    if isinstance(moment, datetime):
        return moment > cutoff
    return moment > cutoff.astimezone(zone).date()


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
    """What differs between the frames of two snapshots, in the order of frames and keys.

    `keys` are the columns that tell the rows of a frame apart; a frame without any is compared as a whole row.
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
    """The rows by key; equal rows of a frame without a key are told apart by their place among themselves."""
    found: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        plain = tuple(row.get(name) for name in key) if key else tuple(str(row[name]) for name in sorted(row))
        place = plain if key else next((*plain, n) for n in range(len(rows)) if (*plain, n) not in found)
        found[place] = row
    return found


def _presence(row: Row | None) -> str:
    return "not there" if row is None else "there"
