"""Rows of adverse events, infusions and terms converted to the types of the rules."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from events.rules.adverse_events.entered import CRITERIA
from events.rules.adverse_events.facts import PLAIN_FACTS, Criteria, EventFacts
from events.rules.adverse_events.times import StartedInfusion
from events.rules.ctcae import Term
from partial_dates import PartialMoment, exact_moment, parse_partial
from trials.choices import TimePrecision


class TermColumns(Protocol):
    """The columns of a term's row."""

    code: str
    soc: str
    term: str
    ctcae_version: str
    grades: Any
    """Those that exist for the term, ascending, as integers."""


class InfusionColumns(Protocol):
    """The columns of an infusion's row."""

    number: int
    started_at: datetime | None
    start_precision: str


class EventColumns(Protocol):
    """The columns of an event's row, saved or not, besides those of `PLAIN_FACTS`."""

    reported_term: str
    onset: str
    worsened: str
    ended: str

    @property
    def ctcae_term(self) -> TermColumns | None: ...
    @property
    def after_infusion(self) -> InfusionColumns | None: ...


def event_moment(row: EventColumns, name: str, zone: str) -> PartialMoment | None:
    """One of the event's partial dates, read in `zone`. Raises RefusalError for an invalid date."""
    written = getattr(row, name)
    return parse_partial(written, zone, field=name) if written else None


def event_facts(row: EventColumns, zone: str) -> EventFacts:
    """The facts of the event. An infusion without a start cannot be followed by the event."""
    term, followed = row.ctcae_term, row.after_infusion
    return EventFacts(
        term=term_of(term),
        term_version=term.ctcae_version if term else "",
        criteria=Criteria(**{name: getattr(row, name) for name in CRITERIA}),
        after_infusion=infusion_start(followed, zone) if followed else None,
        onset=event_moment(row, "onset", zone),
        worsened=event_moment(row, "worsened", zone),
        ended=event_moment(row, "ended", zone),
        **{name: getattr(row, name) for name in PLAIN_FACTS},
    )


def infusion_series(rows: Iterable[InfusionColumns], zone: str) -> list[StartedInfusion]:
    """The infusions that were started."""
    starts = ((row.number, infusion_start(row, zone)) for row in rows)
    return [StartedInfusion(number, start) for number, start in starts if start is not None]


def infusion_start(row: InfusionColumns, zone: str) -> PartialMoment | None:
    """The start of an infusion: exact, or a whole day of `zone` when only the day is known.

    None when it was not given.
    """
    return start_moment(row.started_at, row.start_precision, zone)


def start_moment(begun: datetime | None, precision: str, zone: str) -> PartialMoment | None:
    """The same of the two columns alone."""
    if begun is None:
        return None
    if precision == TimePrecision.DAY:
        return parse_partial(begun.astimezone(ZoneInfo(zone)).date().isoformat(), zone)
    return exact_moment(begun)


def term_of(row: TermColumns | None) -> Term | None:
    """A term's row as rules use it."""
    return None if row is None else Term(row.code, row.soc, row.term, tuple(row.grades))
