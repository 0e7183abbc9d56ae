"""The rows of the frame of adverse events."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from events.models import CtcaeTerm
from events.rules.adverse_events import Criteria, EventFacts, hours_since_infusion
from events.rules.adverse_events.entered import CRITERIA, FRAMED, REPORTED
from events.rules.adverse_events.facts import PLAIN_FACTS
from events.rules.adverse_events.rows import start_moment
from events.rules.ctcae import Term
from events.rules.spelling import one_spelling
from partial_dates import PartialMoment, exact_moment, local_date, parse_partial
from pharmacovigilance.queries.event_facts import says_fatal
from pharmacovigilance.rules.expectedness import ReactionFacts, RsiFacts, compared_term, expectedness
from reports.frames.writing import Row, moment_text
from reports.queries.people import FrameRow, People
from reports.queries.spans import Moments, event_spans, latest_moments_of
from trials.choices import TimePrecision
from trials.rules.protocol import Protocol

AS_GIVEN = ("grade", "serious", *CRITERIA, "treatment_emergent")
OR_NONE = tuple(field.name for field in FRAMED if field.kind in ("code", "category"))
"""An empty text is an answer that was not given."""
READ_BY_RULES = tuple(name for name in PLAIN_FACTS if name in REPORTED)
"""The fields that rules use as stored."""

ONE_MINUTE = timedelta(minutes=1)
NOT_ASSESSED = "not_assessed"


@dataclass(frozen=True)
class ReferenceSafety:
    """The versions of the reference safety information that were signed by the cut-off.

    And the version of CTCAE in which the protocol names events (None: the study's own words).
    """

    dictionary: str | None
    versions: Sequence[RsiFacts] = ()


@dataclass(frozen=True)
class DictionaryTerms:
    """The terms of the protocol's dictionary by their row's id, and its CTCAE version.

    Both empty without one.
    """

    version: str
    by_id: Mapping[int, Term]


def terms_of(protocol: Protocol) -> DictionaryTerms:
    """The terms of the protocol's dictionary; none when the study brings its own terms (one query)."""
    version = protocol.dictionary.version
    if version is None:
        return DictionaryTerms("", {})
    rows = CtcaeTerm.objects.filter(ctcae_version=version).values_list("id", "code", "soc", "term", "grades")
    by_id = {pk: Term(code, soc, term, tuple(grades)) for pk, code, soc, term, grades in rows}
    return DictionaryTerms(version, by_id)


def facts_of_row(people: People, row: Row, terms: DictionaryTerms) -> EventFacts:
    """The facts of an event as rules use them."""
    term = terms.by_id.get(row["ctcae_term_id"])
    return EventFacts(
        term=term,
        term_version=terms.version if term else "",
        after_infusion=infusion_start_of(people, people.infusion_by_id.get(row["after_infusion_id"])),
        criteria=Criteria(**{name: row[name] for name in CRITERIA}),
        onset=partial_with_span(people, row, "onset"),
        ended=partial_with_span(people, row, "ended"),
        worsened=partial_with_span(people, row, "worsened"),
        **{name: row[name] for name in READ_BY_RULES},
    )


def infusion_start_of(people: People, infusion: Row | None) -> PartialMoment | None:
    """When an infusion was started, as exactly as it was recorded."""
    if infusion is None:
        return None
    return start_moment(infusion["started_at"], infusion["start_precision"], people.records.zone)


def event_rows(
    people: People,
    terms: DictionaryTerms,
    completed: Mapping[int, datetime],
    reference: ReferenceSafety,
) -> Iterator[FrameRow]:
    """The frame `adverse_events`: recorded ones; drafts are no events yet.

    `completed`: when drafts became events. `reference`: what is expected.
    """
    socs, names = _one_spelling(people, terms)
    latest = latest_moments_of(people)
    for row in people.recorded_events:
        soc, term = _class_and_term(row, terms)
        yield {
            "participant": people.code(row["participant_id"]),
            "event": row["number"],
            "verbatim": row["reported_term"] or None,
            "soc": soc and socs[soc],
            "term": term and names[term],
            **{name: row[name] for name in AS_GIVEN},
            **{name: row[name] or None for name in OR_NONE},
            "expectedness": event_expectedness(
                row, terms.by_id.get(row["ctcae_term_id"]), reference, people.records.zone
            ),
            **_dates(people, row, facts_of_row(people, row, terms), latest),
            **_after_infusion(people, row),
            "signed": row["signed_at"] is not None,
            # The row of a draft is older than the event, and no board saw it.
            "recorded_at": moment_text(completed.get(row["id"], row["recorded_at"])),
        }


def event_expectedness(row: Row, term: Term | None, reference: ReferenceSafety, zone: str) -> str:
    """As the safety case derives it, from the version in force at onset.

    What cannot be compared is not assessed.
    """
    if not reference.versions:
        return NOT_ASSESSED
    dictionary, code, words = compared_term(
        reference.dictionary if term else None,
        code=term.code if term else "",
        term=term.term if term else "",
        specify=row["specify"] or "",
        own_words=row["dictionary_term"] or row["reported_term"],
    )
    first, last = row["onset_earliest_at"], row["onset_latest_at"]
    days = (local_date(first, zone), local_date(last, zone)) if first and last else (None, None)
    found = expectedness(
        ReactionFacts(dictionary, code, words, row["grade"], says_fatal(row), *days), reference.versions
    )
    if found.is_assumed:
        return NOT_ASSESSED
    return "expected" if found.expected else "unexpected"


def _class_and_term(row: Row, terms: DictionaryTerms) -> tuple[str | None, str | None]:
    """The dictionary's, else the study's own."""
    term = terms.by_id.get(row["ctcae_term_id"])
    if term is not None:
        return term.soc, term.term
    return row["dictionary_soc"] or None, row["dictionary_term"] or None


def _one_spelling(people: People, terms: DictionaryTerms) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Classes, and terms, that differ in case or blanks only get the same spelling, as one row of every table."""
    named = [_class_and_term(row, terms) for row in people.recorded_events]
    socs, names = (
        (Counter(filter(None, column)) for column in zip(*named, strict=True)) if named else ({}, {})
    )
    return one_spelling(socs), one_spelling(names)


def _dates(people: People, row: Row, facts: EventFacts, latest: Mapping[int, Moments]) -> FrameRow:
    """The dates as given, and the times and days that remain possible beside all other records."""
    pk, spans = row["participant_id"], event_spans(people, row, facts, latest)
    return {
        "onset_text": row["onset"] or None,
        "onset_earliest_at": moment_text(spans.onset.earliest),
        "onset_latest_at": moment_text(spans.onset.latest),
        "onset_earliest_day": people.study_day(pk, spans.onset.earliest),
        "onset_latest_day": people.study_day(pk, spans.onset.latest),
        "worsened_latest_at": moment_text(spans.worsened.latest),
        "end_text": row["ended"] or None,
        "end_latest_day": people.study_day(pk, spans.ended.latest),
    }


def _after_infusion(people: People, row: Row) -> FrameRow:
    """The number of the infusion that the event followed, and the hours since.

    Where both are known to the minute, it is the last infusion that began before the event, whichever was recorded, and
    also where none was. Elsewhere it is the recorded infusion.
    """
    infusion = _last_begun(people, row) or people.infusion_by_id.get(row["after_infusion_id"])
    onset = partial_with_span(people, row, "onset")
    hours = None
    if infusion and onset and infusion["start_precision"] == TimePrecision.MINUTE:
        hours = hours_since_infusion(onset, exact_moment(infusion["started_at"]))
    return {
        "infusion_number": infusion and infusion["number"],
        "hours_after_infusion": round(hours.fewest, 2) if hours and hours.is_exact else None,
    }


def _last_begun(people: People, row: Row) -> Row | None:
    """The participant's last infusion that began at or before the event, both known to the minute."""
    onset, latest = row["onset_earliest_at"], row["onset_latest_at"]
    if onset is None or latest is None or latest - onset >= ONE_MINUTE:
        return None
    given: Iterable[Row] = people.given.get(row["participant_id"], ())
    timed = (one for one in given if one["start_precision"] == TimePrecision.MINUTE)
    begun = (one for one in timed if one["started_at"] <= onset)
    return max(begun, key=lambda one: (one["started_at"], one["number"]), default=None)


def partial_with_span(people: People, row: Mapping[str, Any], name: str) -> PartialMoment | None:
    """A partial date with the span that was derived when it was recorded."""
    if not row[name]:
        return None
    parsed = _parsed(row[name], people.records.zone, name)
    earliest, latest = row[f"{name}_earliest_at"], row[f"{name}_latest_at"]
    return PartialMoment(parsed.text, earliest, latest, parsed.precision)


@lru_cache(maxsize=50_000)
def _parsed(text: str, zone: str, name: str) -> PartialMoment:
    """Cached: a trial has fewer days than events."""
    return parse_partial(text, zone, field=name)
