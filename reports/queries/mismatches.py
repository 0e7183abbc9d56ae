"""What contradicts what among participants and adverse events, as the report's frame wants it.

The rules are asked once for all events that they cannot tell apart (`events.rules.indistinct_events`): of a million events
there are some thousand kinds.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from events.choices import EventStatus
from events.rules.adverse_events import Criteria, EventContext, EventFacts, is_fatal
from events.rules.ctcae import Term
from events.rules.indistinct_events import EventDates, date_numbers, is_term_printed, speaks_of_end
from events.rules.reconciliation import remarks_on_death, remarks_on_event
from events.rules.remarks import Remark
from partial_dates import PartialMoment, exact_moment
from reports.frames.held import (
    UNKNOWN,
    Flags,
    Held,
    Integers,
    Row,
    Words,
    alike,
    mapped,
    microseconds,
    words_of,
)
from reports.queries.adverse_events import CRITERIA, partial_with_span
from reports.queries.people import FrameRow, People
from trials.rules.protocol import Protocol

DRAFT_RULE = "draft"
ANSWERS = ("grade", "severity", "serious", *CRITERIA, "causality", "outcome")
"""Of an event; besides them the rules read its dates, and whether there are words where there should be some."""
WORDED = ("reported_term", "specify")
PLAIN_FACTS = (*WORDED, "grade", "severity", "serious", "causality", "outcome", "aware_at")


@dataclass(frozen=True)
class EventsToJudge:
    """The recorded events with the place of each one's participant, and what they are judged by."""

    people: People
    events: Held
    places: Integers
    terms: Mapping[int, Term]
    protocol: Protocol

    def facts_of(self, rows: Integers) -> Iterator[EventFacts]:
        """What is said of each of some events."""
        for row in self.events.taken(rows):
            yield _facts(self.people, row, self.terms.get(row["ctcae_term_id"]))


def mismatch_rows(people: People, terms: Mapping[int, Term], protocol: Protocol) -> Sequence[Row]:
    """The frame `mismatches` but for what is sealed: rules R1 to R12 on every record, drafts that wait.

    Participants in the order of their codes, of each one the death first and then the events as they were recorded.
    """
    events, drafts = people.recorded_events, [*_drafts(people), *_remarks_on_sources(people)]
    if not events:
        return [*(row for _, row in _on_deaths(people, {}, protocol)), *drafts]
    places = people.places_of(events.words("participant_id"))
    judged = EventsToJudge(people, events, places, terms, protocol)
    first, by_answers = alike(*(events.words(name).codes for name in ANSWERS))
    facts = tuple(judged.facts_of(first))
    fatal = _flags(is_fatal(each) for each in facts)[by_answers]
    ends_matter = _flags(speaks_of_end(each) for each in facts)[by_answers]
    on_events = _on_events(judged, (by_answers, *_distinctions(judged, ends_matter)))
    deaths = list(_on_deaths(people, _numbers_by_place(judged, fatal), protocol))
    return _in_order(people, on_events, deaths).followed_by(drafts)


@dataclass(frozen=True)
class EventRemarks:
    """What contradicts itself in the events: the place of the participant, and the row of the frame, of each."""

    places: Integers
    rows: Held


def _on_events(judged: EventsToJudge, distinctions: Sequence[Integers]) -> EventRemarks:
    """The rules asked once for each kind of events, and the answers given to every event of the kind."""
    first, kinds = alike(*distinctions)
    remarks = _remarks(judged, first)
    counts = np.array([len(each) for each in remarks], dtype=np.int64)
    which, remark = _repeated(counts, kinds)
    flat = [each for found in remarks for each in found]
    number = judged.events.words("number").taken(which)
    rows = {
        "rule": Words(remark, tuple(each.rule for each in flat)),
        "participant": Words(judged.places[which], judged.people.codes),
        "record": mapped(_record, number),
        "message": Words(remark, tuple(map(str, flat))),
        "is_sealed": words_of([False]).taken(np.zeros(len(which), dtype=np.int64)),
    }
    return EventRemarks(judged.places[which], Held(rows))


def _remarks(judged: EventsToJudge, rows: Integers) -> list[tuple[Remark, ...]]:
    people, plan = judged.people, judged.protocol.reporting
    ids, places = tuple(people.by_id), judged.places[rows].tolist()
    contexts = {place: _context(people, ids[place], judged.protocol) for place in set(places)}
    return [
        tuple(remarks_on_event(facts, contexts[place], plan))
        for facts, place in zip(judged.facts_of(rows), places, strict=True)
    ]


def _repeated(counts: Integers, kinds: Integers) -> tuple[Integers, Integers]:
    """Each row as often as its kind has remarks, with the number of the remark among those of all kinds."""
    times = counts[kinds]
    which = np.repeat(np.arange(len(kinds)), times)
    begins = np.cumsum(times) - times
    nth = np.arange(len(which)) - begins[which]
    return which, (np.cumsum(counts) - counts)[kinds[which]] + nth


def _distinctions(judged: EventsToJudge, ends_matter: Flags) -> Iterator[Integers]:
    """Numbers by which the rules may tell events apart, besides the answers."""
    people, events, terms = judged.people, judged.events, judged.terms
    yield from date_numbers(_dates(judged), judged.protocol.reporting, ends_matter)
    yield np.array([bool(row["has_died"]) for row in people.by_id.values()])[judged.places].astype(np.int8)
    for name in WORDED:
        yield events.words(name).where(lambda text: bool(text.strip())).astype(np.int8)

    def printed(pk: int | None, grade: int | None) -> int:
        term = None if pk is None else terms.get(pk)
        return pk if pk is not None and is_term_printed(term, grade) else -1 if term else -2

    found = mapped(printed, events.words("ctcae_term_id"), events.words("grade"))
    yield np.array(found.values, dtype=np.int64)[found.codes]


def _dates(judged: EventsToJudge) -> EventDates:
    people, events = judged.people, judged.events
    onset, ended, worsened = (events.words(name).where(bool) for name in ("onset", "ended", "worsened"))

    def of_event(is_given: Flags, name: str) -> Integers:
        return np.where(is_given, events.numbers(name), UNKNOWN)

    def of_person(moments: Iterator[datetime | None]) -> Integers:
        numbers = (UNKNOWN if moment is None else microseconds(moment) for moment in moments)
        return np.fromiter(numbers, dtype=np.int64, count=len(people.by_id))[judged.places]

    persons = people.by_id.values()
    return EventDates(
        onset_earliest=of_event(onset, "onset_earliest_at"),
        onset_latest=of_event(onset, "onset_latest_at"),
        ended_earliest=of_event(ended, "ended_earliest_at"),
        ended_latest=of_event(ended, "ended_latest_at"),
        aware=events.numbers("aware_at"),
        worsened_earliest=of_event(worsened, "worsened_earliest_at"),
        worsened_latest=of_event(worsened, "worsened_latest_at"),
        in_trial_since=of_person(_in_trial_since(people, row, judged.protocol) for row in persons),
        death_latest=of_person(row["died_latest_at"] if row["died"] else None for row in persons),
        at=microseconds(people.records.cutoff),
    )


def _numbers_by_place(judged: EventsToJudge, fatal: Flags) -> dict[int, list[str]]:
    """The numbers of the fatal events of each participant who has any."""
    found: dict[int, list[str]] = {}
    numbers = judged.events.columns["number"].taken(fatal).listed()
    for place, number in zip(judged.places[fatal].tolist(), numbers, strict=True):
        found.setdefault(place, []).append(str(number))
    return found


def _on_deaths(
    people: People, fatal: Mapping[int, list[str]], protocol: Protocol
) -> Iterator[tuple[int, FrameRow]]:
    """What the deaths and the fatal events have against each other, with the participant's place; in order of the codes."""
    ids = tuple(people.by_id)
    dead = {place for place, row in enumerate(people.by_id.values()) if row["has_died"]}
    for place in sorted(dead | fatal.keys(), key=people.codes.__getitem__):
        if ids[place] in people.counted:
            for remark in remarks_on_death(_context(people, ids[place], protocol), fatal.get(place, [])):
                yield place, _mismatch(remark.rule, people.codes[place], None, str(remark))


def _in_order(people: People, on_events: EventRemarks, deaths: Sequence[tuple[int, FrameRow]]) -> Held:
    """By participant; of each one the death first."""
    rank = np.empty(len(people.codes), dtype=np.int64)
    rank[sorted(range(len(people.codes)), key=people.codes.__getitem__)] = np.arange(len(people.codes))
    own = np.array([place for place, _ in deaths], dtype=np.int64)
    ranks = rank[np.concatenate([on_events.places, own])]
    is_event = np.arange(len(ranks)) < len(on_events.places)
    rows = on_events.rows.followed_by([row for _, row in deaths])
    return rows.taken(np.lexsort((is_event, ranks)))


def _mismatch(
    rule: str, participant: str | None, record: str | None, message: str, is_sealed: bool = False
) -> FrameRow:
    return {
        "rule": rule,
        "participant": participant,
        "record": record,
        "message": message,
        "is_sealed": is_sealed,
    }


def _record(number: int) -> str:
    return f"adverse event {number}"


def _drafts(people: People) -> Iterator[FrameRow]:
    events = people.events
    for row in events.taken(events.words("status").where(EventStatus.DRAFT.__eq__)) if events else ():
        message = "Status: still a draft at the cut-off; it is not counted."
        yield _mismatch(DRAFT_RULE, people.code(row["participant_id"]), _record(row["number"]), message)


def _remarks_on_sources(people: People) -> Iterator[FrameRow]:
    """What an import could not use, or found odd; of those enrolled after the look nothing."""
    counted = {people.code(pk) for pk in people.counted}
    for row in people.records["source_remarks"]:
        code = row["participant_code"] or None
        if code is None or code in counted:
            yield _mismatch(row["code"], code, row["record"], row["message"])


def other_arm_rows(people: People) -> Iterator[FrameRow]:
    """The rest of the frame `mismatches` (sealed): arms received that differ from those allocated."""
    for row in people.records["allocations"]:
        received = row["received_arm_code"]
        if received and received != row["arm_code"] and row["participant_id"] in people.counted:
            message = "Arm: the arm received is not the arm allocated; tables use the arm allocated."
            yield _mismatch("allocation", people.code(row["participant_id"]), "allocation", message, True)
        if row["labelled_arm_code"] and row["participant_id"] in people.counted:
            message = "Arm: the arm's label names another arm than its code; tables use the code."
            yield _mismatch("allocation", people.code(row["participant_id"]), "allocation", message, True)


def _facts(people: People, row: Row, term: Term | None) -> EventFacts:
    return EventFacts(
        term=term,
        criteria=Criteria(**{name: row[name] for name in CRITERIA}),
        onset=partial_with_span(people, row, "onset"),
        ended=partial_with_span(people, row, "ended"),
        worsened=partial_with_span(people, row, "worsened"),
        **{name: row[name] for name in PLAIN_FACTS},
    )


def _context(people: People, pk: int, protocol: Protocol) -> EventContext:
    person = people.by_id[pk]
    first = min((row["started_at"] for row in people.given.get(pk, ())), default=None)
    return EventContext(
        at=people.records.cutoff,
        dictionary_version=protocol.dictionary.version,
        grades_version=protocol.dictionary.grades,
        causality=protocol.causality,
        consent=_exact(person["consented_at"]),
        enrolled=_exact(person["enrolled_at"]),
        first_infusion=_exact(first),
        is_dead=bool(person["has_died"]),
        death=partial_with_span(people, person, "died"),
    )


def _in_trial_since(people: People, person: Row, protocol: Protocol) -> datetime | None:
    since = _context(people, person["id"], protocol).in_trial_since
    return None if since is None else since.earliest


def _exact(moment: datetime | None) -> PartialMoment | None:
    return None if moment is None else exact_moment(moment)


def _flags(flags: Iterable[bool]) -> Flags:
    return np.array(list(flags), dtype=bool)
