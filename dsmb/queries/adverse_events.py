"""Adverse events as the report's frames want them."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

import numpy as np

from audit.models import Entry
from dsmb.frames.held import (
    UNKNOWN,
    Held,
    Integers,
    MomentTexts,
    Row,
    Words,
    alike,
    flags_of,
    mapped,
    microseconds,
    moment_of,
)
from dsmb.queries.people import People
from events.choices import EventStatus
from events.models import AdverseEvent, CtcaeTerm
from events.rules.adverse_events import hours_since_infusion
from events.rules.ctcae import Term
from trials.rules.dates import PartialMoment, exact_moment, parse_partial
from trials.rules.protocol import Protocol

CRITERIA = (
    "results_in_death",
    "life_threatening",
    "hospitalisation",
    "disability",
    "congenital_anomaly",
    "medically_important",
)
AS_GIVEN = ("grade", "serious", *CRITERIA, "treatment_emergent")
OR_NONE = ("severity", "causality", "expectedness", "action_taken", "outcome")
"""An empty text is an answer that was not given."""


def terms_of(protocol: Protocol) -> Mapping[int, Term]:
    """The terms of the protocol's dictionary by their row's id; none when the study brings its own terms."""
    version = protocol.dictionary.version
    if version is None:
        return {}
    rows = CtcaeTerm.objects.filter(ctcae_version=version).values_list("id", "code", "soc", "term", "grades")
    return {pk: Term(code, soc, term, tuple(grades)) for pk, code, soc, term, grades in rows}


def event_rows(people: People, terms: Mapping[int, Term]) -> Held | list[Row]:
    """The frame `adverse_events`: recorded ones; drafts are no events yet."""
    events = people.recorded_events
    if not events:
        return []
    places = people.places_of(events.words("participant_id"))
    columns = {
        "participant": Words(places, people.codes),
        "event": events.columns["number"],
        "verbatim": _or_none(events.words("reported_term")),
        **{name: events.columns[name] for name in AS_GIVEN},
        **{name: _or_none(events.words(name)) for name in OR_NONE},
        "signed": flags_of(events.numbers("signed_at") != UNKNOWN),
        "recorded_at": MomentTexts(_recorded(events)),
    }
    return Held(
        {
            **columns,
            **_named(events, terms),
            **_dated(people, events, places),
            **_after_infusion(people, events),
        }
    )


def _recorded(events: Held) -> Integers:
    """When each became an event: a draft's row is older than that, and no board was shown it. One query."""
    recorded, ids = events.numbers("recorded_at").copy(), events.numbers("id")
    changed = ids[events.numbers("changed_at") > recorded].tolist()
    completed = Entry.objects.filter(
        table_name=AdverseEvent._meta.db_table, row_id__in=changed,
        old__status=EventStatus.DRAFT, new__status=EventStatus.RECORDED,
    )  # fmt: skip
    for pk, at in completed.values_list("row_id", "at"):
        recorded[np.searchsorted(ids, pk)] = microseconds(at)
    return recorded


def _or_none(column: Words) -> Words:
    return mapped(lambda text: text or None, column)


def _named(events: Held, terms: Mapping[int, Term]) -> dict[str, Words]:
    """Class and term: the dictionary's, else the study's own."""
    chosen = events.words("ctcae_term_id")

    def soc(pk: int | None, own: str) -> str | None:
        term = None if pk is None else terms.get(pk)
        return term.soc if term else own or None

    def name(pk: int | None, own: str) -> str | None:
        term = None if pk is None else terms.get(pk)
        return term.term if term else own or None

    return {
        "soc": mapped(soc, chosen, events.words("dictionary_soc")),
        "term": mapped(name, chosen, events.words("dictionary_term")),
    }


def _dated(people: People, events: Held, places: Integers) -> dict[str, Any]:
    onset = {end: events.numbers(f"onset_{end}_at") for end in ("earliest", "latest")}
    return {
        "onset_text": _or_none(events.words("onset")),
        **{f"onset_{end}_at": MomentTexts(moments) for end, moments in onset.items()},
        **{f"onset_{end}_day": people.study_days(places, moments) for end, moments in onset.items()},
        "end_text": _or_none(events.words("ended")),
        "end_latest_day": people.study_days(places, events.numbers("ended_latest_at")),
    }


def _after_infusion(people: People, events: Held) -> dict[str, Words]:
    """The number of the infusion that each event followed, and the hours since."""
    infusions = [people.infusion_by_id.get(pk) for pk in events.words("after_infusion_id").values]
    which = events.words("after_infusion_id").codes
    numbers = Words(which, tuple(row and row["number"] for row in infusions))
    starts = [
        UNKNOWN if row is None or row["start_precision"] != "minute" else microseconds(row["started_at"])
        for row in infusions
    ]
    return {
        "infusion_number": numbers,
        "hours_after_infusion": _hours_after(people, events, np.array(starts, dtype=np.int64)[which]),
    }


def _hours_after(people: People, events: Held, started: Integers) -> Words:
    """Found once for all events that began as long after their infusion: nothing else makes a difference."""
    earliest, latest = (events.numbers(f"onset_{end}_at") for end in ("earliest", "latest"))
    is_known = (started != UNKNOWN) & (earliest != UNKNOWN) & events.words("onset").where(bool)
    gap = np.where(is_known, earliest - started, UNKNOWN)
    span = np.where(is_known, latest - earliest, UNKNOWN)
    first, kinds = alike(gap, span)
    rows = zip(events.taken(first), started[first].tolist(), strict=True)
    return Words(kinds, tuple(_hours(people, row, moment_of(start)) for row, start in rows))


def _hours(people: People, row: Row, started: datetime | None) -> float | None:
    """Hours from the infusion's start to the onset, when the dates allow one value only."""
    onset = partial(people, row, "onset")
    if started is None or onset is None:
        return None
    hours = hours_since_infusion(onset, exact_moment(started))
    return round(hours.fewest, 2) if hours and hours.is_exact else None


def partial(people: People, row: Mapping[str, Any], name: str) -> PartialMoment | None:
    """A partial date with the span that was derived when it was recorded."""
    if not row[name]:
        return None
    parsed = _parsed(row[name], people.records.zone, name)
    earliest, latest = row[f"{name}_earliest_at"], row[f"{name}_latest_at"]
    return PartialMoment(parsed.text, earliest, latest, parsed.precision)


@lru_cache(maxsize=50_000)
def _parsed(text: str, zone: str, name: str) -> PartialMoment:
    """Kept: a trial has fewer days than events."""
    return parse_partial(text, zone, field=name)
