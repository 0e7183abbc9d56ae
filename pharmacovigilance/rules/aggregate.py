"""Tabulations of the development safety update report (DSUR) and of the annual safety report.

Source: ICH E2F 3.7 (line listings of serious adverse reactions of the interval, cumulative summary tabulation of serious
adverse events by system organ class) and 3.8 (deaths); Regulation (EU) 536/2014 Art. 43.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

NO_CLASS = ""
"""The class or term of an event that is not coded."""


@dataclass(frozen=True)
class AggregateEvent:
    """A serious event as it stands. `arm` is empty in everything blinded.

    `suspected`: by either side, or unanswered.

    `known_at` is when the sponsor's system first had it; the interval is of this moment.
    """

    participant: str
    number: int
    arm: str
    soc: str
    term: str
    words: str
    onset: str
    known_at: datetime
    grade: int | None
    outcome: str
    criteria: tuple[str, ...]
    is_fatal: bool
    suspected: bool
    expected: bool
    is_susar: bool
    case_number: str


@dataclass(frozen=True)
class TabulatedRow:
    """A class (`term` empty) or a term: events and participants by arm; the last column is the total."""

    soc: str
    term: str
    events: tuple[int, ...]
    participants: tuple[int, ...]


def up_to(events: Iterable[AggregateEvent], end: datetime) -> list[AggregateEvent]:
    """What was known at the end of the interval, the end included."""
    return [event for event in events if event.known_at <= end]


def of_interval(events: Iterable[AggregateEvent], start: datetime, end: datetime) -> list[AggregateEvent]:
    """What became known after `start` and up to and including `end`."""
    return [event for event in events if start < event.known_at <= end]


def reactions(events: Iterable[AggregateEvent]) -> list[AggregateEvent]:
    """Serious events of which a suspect cause is not excluded by both sides."""
    return sorted((event for event in events if event.suspected), key=_place)


def susar_lines(events: Iterable[AggregateEvent]) -> list[AggregateEvent]:
    """Suspected unexpected serious reactions, where either side's judgement of the cause suffices."""
    return sorted((event for event in events if event.is_susar), key=_place)


def fatal_lines(events: Iterable[AggregateEvent]) -> list[AggregateEvent]:
    """Fatal events, whatever their cause."""
    return sorted((event for event in events if event.is_fatal), key=_place)


def _place(event: AggregateEvent) -> tuple[str, str, str, int]:
    return event.soc, event.term, event.participant, event.number


def tabulated(events: Iterable[AggregateEvent], arms: Sequence[str]) -> list[TabulatedRow]:
    """Classes in alphabetical order, each with its terms; what is not coded stands last.

    Every event counts once.
    """
    by_term: dict[tuple[str, str], list[AggregateEvent]] = defaultdict(list)
    by_class: dict[str, list[AggregateEvent]] = defaultdict(list)
    for event in events:
        by_term[event.soc, event.term].append(event)
        by_class[event.soc].append(event)
    rows = []
    for soc in sorted(by_class, key=lambda name: (name == NO_CLASS, name)):
        rows.append(_row(soc, "", by_class[soc], arms))
        terms = sorted(term for one, term in by_term if one == soc)
        rows += [_row(soc, term, by_term[soc, term], arms) for term in terms if term]
    return rows


def _row(soc: str, term: str, events: Sequence[AggregateEvent], arms: Sequence[str]) -> TabulatedRow:
    columns = [[event for event in events if event.arm == arm] for arm in arms] + [list(events)]
    return TabulatedRow(
        soc,
        term,
        tuple(len(column) for column in columns),
        tuple(len({event.participant for event in column}) for column in columns),
    )
