"""Adverse events as the report's frames want them."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

import numpy as np

from events.models import CtcaeTerm
from events.rules.adverse_events import hours_since_infusion
from events.rules.ctcae import Term
from events.rules.spelling import one_spelling
from partial_dates import PartialMoment, exact_moment, parse_partial
from reports.frames.held import (
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
    words_of,
)
from reports.queries.people import People
from reports.queries.spans import event_spans, held_moments
from trials.choices import TimePrecision
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

MICROSECONDS_PER_MINUTE = 60_000_000


def terms_of(protocol: Protocol) -> Mapping[int, Term]:
    """The terms of the protocol's dictionary by their row's id; none when the study brings its own terms."""
    version = protocol.dictionary.version
    if version is None:
        return {}
    rows = CtcaeTerm.objects.filter(ctcae_version=version).values_list("id", "code", "soc", "term", "grades")
    return {pk: Term(code, soc, term, tuple(grades)) for pk, code, soc, term, grades in rows}


def event_rows(
    people: People, terms: Mapping[int, Term], completed: Mapping[int, datetime]
) -> Held | list[Row]:
    """The frame `adverse_events`: recorded ones; drafts are no events yet. `completed`: when drafts became events."""
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
        "recorded_at": MomentTexts(_recorded(events, completed)),
    }
    return Held(
        {
            **columns,
            **_named(events, terms),
            **_dated(people, events, places),
            **_after_infusion(people, events, places),
        }
    )


def _recorded(events: Held, completed: Mapping[int, datetime]) -> Integers:
    """When each became an event: the row of one that was a draft is older than that, and no board was shown it."""
    recorded = events.numbers("recorded_at").copy()
    for pk, at in completed.items():
        recorded[np.searchsorted(events.numbers("id"), pk)] = microseconds(at)
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
        "soc": _in_one_spelling(mapped(soc, chosen, events.words("dictionary_soc"))),
        "term": _in_one_spelling(mapped(name, chosen, events.words("dictionary_term"))),
    }


def _in_one_spelling(words: Words) -> Words:
    """The same words, those that differ in case or blanks alone written alike: they are one row of every table."""
    counts: dict[str, int] = {}
    for word, count in zip(words.values, np.bincount(words.codes, minlength=len(words.values)), strict=True):
        if word is not None:
            counts[word] = counts.get(word, 0) + int(count)
    chosen = one_spelling(counts)
    return words if len(set(chosen.values())) == len(counts) else mapped(lambda word: chosen.get(word), words)


def _dated(people: People, events: Held, places: Integers) -> dict[str, Any]:
    """The dates as given, and the moments and days that they allow beside everything else on record."""
    spans = event_spans(people, events, places)
    onset = dict(zip(("earliest", "latest"), held_moments(spans.onset), strict=True))
    return {
        "onset_text": _or_none(events.words("onset")),
        **{f"onset_{end}_at": MomentTexts(moments) for end, moments in onset.items()},
        **{f"onset_{end}_day": people.study_days(places, moments) for end, moments in onset.items()},
        "worsened_latest_at": MomentTexts(held_moments(spans.worsened)[1]),
        "end_text": _or_none(events.words("ended")),
        "end_latest_day": people.study_days(places, held_moments(spans.ended)[1]),
    }


def _after_infusion(people: People, events: Held, places: Integers) -> dict[str, Words]:
    """The number of the infusion that each event followed, and the hours since.

    Where both are known to the minute the clock tells: the last infusion that began before the event, whichever was
    named, and also where none was. Elsewhere it is the infusion that was named.
    """
    infusions = list(people.infusion_by_id.values())
    where = {row["id"]: place for place, row in enumerate(infusions)}
    starts = np.array([_start(row) for row in infusions], dtype=np.int64)
    named = events.words("after_infusion_id")
    by_name = np.array([where.get(pk, -1) for pk in named.values], dtype=np.int64)[named.codes]
    owners = people.places_of(words_of([row["participant_id"] for row in infusions]))
    by_clock = _last_begun(owners, starts, places, _minutes(events))
    which = np.where(by_clock >= 0, by_clock, by_name) + 1
    numbers = Words(which, (None, *(row["number"] for row in infusions)))
    return {
        "infusion_number": numbers,
        "hours_after_infusion": _hours_after(people, events, np.append(UNKNOWN, starts)[which]),
    }


def _start(infusion: Row) -> int:
    return (
        UNKNOWN
        if infusion["start_precision"] != TimePrecision.MINUTE
        else microseconds(infusion["started_at"])
    )


def _minutes(events: Held) -> Integers:
    """The onset of each event that is known to the minute."""
    earliest, latest = (events.numbers(f"onset_{end}_at") for end in ("earliest", "latest"))
    is_known = (earliest != UNKNOWN) & (latest != UNKNOWN) & (latest - earliest < MICROSECONDS_PER_MINUTE)
    return np.where(is_known, earliest, UNKNOWN)


def _last_begun(owners: Integers, starts: Integers, places: Integers, onsets: Integers) -> Integers:
    """For each event the place of its participant's last infusion that began at or before it; -1 for none."""
    candidates = np.flatnonzero(starts != UNKNOWN)
    if not len(candidates):
        return np.full(len(onsets), -1, dtype=np.int64)
    moments, ranks = np.unique(np.concatenate([starts[candidates], onsets]), return_inverse=True)
    begun = owners[candidates] * len(moments) + ranks[: len(candidates)]
    order = np.argsort(begun, kind="stable")
    after = np.searchsorted(begun[order], places * len(moments) + ranks[len(candidates) :], side="right")
    last = candidates[order[np.maximum(after - 1, 0)]]
    is_own = (after > 0) & (owners[last] == places) & (onsets != UNKNOWN)
    return np.where(is_own, last, -1)


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
    onset = partial_with_span(people, row, "onset")
    if started is None or onset is None:
        return None
    hours = hours_since_infusion(onset, exact_moment(started))
    return round(hours.fewest, 2) if hours and hours.is_exact else None


def partial_with_span(people: People, row: Mapping[str, Any], name: str) -> PartialMoment | None:
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
