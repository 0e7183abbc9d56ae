"""Makes events of the rows of AE: several lines of one episode are one event, and a repeated key loses no event.

SDTMIG 3.4, AE assumption on AEGRPID: it ties the lines of one participant that describe one event whose severity
changes. Lines are one episode when participant, AEGRPID and term are the same. The event then has the worst values of
its lines, from the first onset to the last end; the lines themselves are stored with its coding. A repeated term
without AEGRPID stays two events, and is reported as a likely duplicate when the onset is the same too.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from events.choices import ActionTaken, Outcome, Severity
from events.rules.adverse_events import Criteria, EventFacts
from events.rules.adverse_events.entered import QUALIFIERS
from events.rules.ctcae import fold
from interchange.rules.records import EventRecord
from interchange.rules.remarks import ImportRemark
from partial_dates import PartialMoment
from trials.rules.protocol import Protocol

LARGEST_GAP = timedelta(days=1)  # between the lines of an episode: the next day continues it without a break
WORSE_ACTIONS = (
    ActionTaken.DRUG_WITHDRAWN,
    ActionTaken.DRUG_INTERRUPTED,
    ActionTaken.DOSE_REDUCED,
    ActionTaken.DOSE_RATE_REDUCED,
)
"""In order of importance to the treatment; for other values the last line counts."""
SEVERITIES = (Severity.MILD, Severity.MODERATE, Severity.SEVERE)


def events_of(
    records: Sequence[EventRecord], protocol: Protocol, remarks: list[ImportRemark]
) -> tuple[EventRecord, ...]:
    """The events, in the order of the rows, each with the key of its source; oddities go to `remarks`."""
    grouped: dict[object, list[EventRecord]] = defaultdict(list)
    for place, record in enumerate(records):
        own: object = (record.participant, record.group, _name(record)) if record.group else place
        grouped[own].append(record)
    events = [_event(lines, protocol, remarks) for lines in grouped.values()]
    _name_duplicates(events, remarks)
    return _keyed(events, remarks)


def episode_identity(event: EventRecord) -> tuple[str, str]:
    """The content and time of an event: a row with the same content under the same key was delivered twice."""
    return _name(event), event.facts.onset.text if event.facts.onset else ""


def _event(lines: Sequence[EventRecord], protocol: Protocol, remarks: list[ImportRemark]) -> EventRecord:
    if len(lines) == 1:
        return lines[0]
    ordered = sorted(lines, key=lambda line: (_earliest(line), line.sequence))
    first = min(lines, key=lambda line: line.sequence)
    sequences = ", ".join(str(line.sequence) for line in sorted(lines, key=lambda line: line.sequence))
    told = f"AESEQ {sequences} are lines of one episode (AEGRPID {first.group}); one event, at its worst"
    gap = " The dates leave a gap between lines." if _has_gap(ordered) else ""
    remarks.append(ImportRemark("episode", _place(first), f"{told}.{gap}", first.participant))
    return replace(
        first,
        facts=_at_the_worst(ordered, protocol),
        action=_action(ordered),
        treatment_emergent=_any([line.treatment_emergent for line in lines]),
        dictionary_columns={**first.dictionary_columns, "lines": [_as_text(line) for line in ordered]},
        lines=tuple(ordered),
    )


def _at_the_worst(lines: Sequence[EventRecord], protocol: Protocol) -> EventFacts:
    facts = [line.facts for line in lines]
    last = facts[-1]
    ongoing = _any([one.ongoing for one in facts])
    of_lines: dict[str, Any] = {
        field.name: _last_said([getattr(one, field.name) for one in facts]) for field in QUALIFIERS.values()
    }
    return replace(
        facts[0],
        grade=max((one.grade for one in facts if one.grade is not None), default=None),
        severity=max(
            (one.severity for one in facts), key=lambda word: SEVERITIES.index(word) if word else -1
        ),
        serious=_any([one.serious for one in facts]),
        criteria=Criteria(
            **{name: _any([getattr(one.criteria, name) for one in facts]) for name in vars(last.criteria)}
        ),
        causality=_cause([one.causality for one in facts], protocol),
        outcome=Outcome.FATAL if any(one.outcome == Outcome.FATAL for one in facts) else last.outcome,
        ended=None if ongoing else _end(facts),
        ongoing=ongoing,
        worsened=_worsened(facts),
        **of_lines,
    )


def _last_said(answers: Sequence[str]) -> str:
    """The answer of the last line that has one."""
    return next((answer for answer in reversed(answers) if answer), "")


def _any(answers: Sequence[bool | None]) -> bool | None:
    """Yes when one line says yes, no when all say no, else unknown."""
    if True in answers:
        return True
    return None if None in answers else False


def _worsened(facts: Sequence[EventFacts]) -> PartialMoment | None:
    """When the event was at its worst: the begin of the last line that is worse than every line before it."""
    found, worst = None, _badness(facts[0])
    for one in facts[1:]:
        own = _badness(one)
        if any(new > old for new, old in zip(own, worst, strict=True)):
            found = one.onset
        worst = tuple(map(max, own, worst))
    return found


def _badness(facts: EventFacts) -> tuple[int, ...]:
    """Severity, grade, seriousness and death of a line, each higher when worse."""
    severity = SEVERITIES.index(facts.severity) if facts.severity else -1
    return severity, facts.grade or 0, facts.serious is True, facts.outcome == Outcome.FATAL


def _end(facts: Sequence[EventFacts]) -> PartialMoment | None:
    """The last end; unknown when a line has none, except a line that is followed by another."""
    if facts[-1].ended is None:
        return None
    ends = [one.ended for one in facts if one.ended is not None]
    return max(ends, key=lambda end: end.latest)


def _cause(causes: Sequence[str], protocol: Protocol) -> str:
    """The cause that counts as related, before one that does not, before none.

    Of several related ones the last.
    """
    related = {c.code for c in protocol.causality if c.is_related or c.is_undetermined}
    return max(enumerate(causes), key=lambda one: (one[1] in related, bool(one[1]), one[0]))[1]


def _action(lines: Sequence[EventRecord]) -> str:
    taken = [line.action for line in lines]
    return next((action for action in WORSE_ACTIONS if action in taken), taken[-1])


def _has_gap(lines: Sequence[EventRecord]) -> bool:
    """Whether a line certainly begins more than a day after all lines before it have ended."""
    ends = [line.facts.ended for line in lines]
    return any(
        all(end is not None for end in ends[:place])
        and line.facts.onset is not None
        and line.facts.onset.earliest > max(end.latest for end in ends[:place] if end) + LARGEST_GAP
        for place, line in enumerate(lines)
        if place
    )


def _as_text(line: EventRecord) -> Mapping[str, Any]:
    facts = line.facts
    said = {
        "AESEQ": line.sequence,
        "AESTDTC": facts.onset.text if facts.onset else "",
        "AEENDTC": facts.ended.text if facts.ended else "",
        "AESEV": facts.severity,
        "AETOXGR": facts.grade,
        "AESER": facts.serious,
        "AEREL": facts.causality,
        "AEACN": line.action,
        "AEOUT": facts.outcome,
    }
    return {name: str(value) for name, value in said.items() if value not in ("", None)}


def _name_duplicates(events: Iterable[EventRecord], remarks: list[ImportRemark]) -> None:
    """The same term and onset twice: possibly one event that was entered twice, possibly two."""

    def same(event: EventRecord) -> object:
        return event.participant, *episode_identity(event)

    for before, event in _repeated(events, same):
        begun = f"onset {event.facts.onset.text}" if event.facts.onset else "no onset"
        sentence = f"Same term and {begun} as AESEQ {before.sequence}; likely a duplicate."
        remarks.append(ImportRemark("likely_duplicate", _place(event), sentence, event.participant))


def _keyed(events: Iterable[EventRecord], remarks: list[ImportRemark]) -> tuple[EventRecord, ...]:
    """The events with the keys of their source: AESEQ, and for a repeated one a further number, by term and onset."""
    listed = tuple(events)
    for before, event in _repeated(listed, lambda one: (one.participant, one.sequence)):
        sentence = (
            f"AESEQ {event.sequence} is used twice, also in line {before.origin.line}; both are imported."
        )
        remarks.append(ImportRemark("key_used_twice", _place(event), sentence, event.participant))
    by_key: dict[tuple[str, int], list[EventRecord]] = defaultdict(list)
    for event in sorted(listed, key=lambda one: (_name(one), _earliest(one), one.origin.line)):
        by_key[event.participant, event.sequence].append(event)
    keys = {
        event.origin: f"AESEQ {event.sequence}" + (f" #{number}" if number > 1 else "")
        for same in by_key.values()
        for number, event in enumerate(same, start=1)
    }
    return tuple(replace(event, key=keys[event.origin]) for event in listed)


def _repeated(
    events: Iterable[EventRecord], same: Callable[[EventRecord], object]
) -> Iterable[tuple[EventRecord, EventRecord]]:
    """Every event after the first of its kind, with that first."""
    seen: dict[object, EventRecord] = {}
    for event in events:
        first = seen.setdefault(same(event), event)
        if first is not event:
            yield first, event


def _name(event: EventRecord) -> str:
    return fold(event.term or event.facts.reported_term)


def _earliest(event: EventRecord) -> str:
    return event.facts.onset.earliest.isoformat() if event.facts.onset else ""


def _place(event: EventRecord) -> str:
    return f"adverse event {event.sequence}"
