"""Finds the events of an earlier import again where one AESEQ is used twice.

A key alone does not tell such events apart: a corrected term or onset, or a further row under the same AESEQ, would give
one event the record of the other. They are matched by what they say: term and onset, then term, then onset, then order.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from interchange.rules.episodes import episode_identity
from interchange.rules.records import EventRecord
from interchange.rules.study import Study


@dataclass(frozen=True)
class RecordedEvent:
    """An event of an earlier import: participant, key, its term folded as `episode_identity` does, and onset."""

    participant: str
    key: str
    term: str
    onset: str

    @property
    def sequence(self) -> str:
        """The key without the number that tells events under one AESEQ apart."""
        return self.key.partition(" #")[0]


def with_standing_keys(study: Study, recorded: Iterable[RecordedEvent]) -> Study:
    """The study, its events under the keys by which they are on record; new ones get the next free key."""
    known: dict[tuple[str, str], list[RecordedEvent]] = defaultdict(list)
    for one in recorded:
        known[one.participant, one.sequence].append(one)
    found: dict[tuple[str, str], list[EventRecord]] = defaultdict(list)
    for event in study.events:
        found[event.participant, f"AESEQ {event.sequence}"].append(event)
    keys: dict[object, str] = {}
    for place, events in found.items():
        if len(events) > 1 or len(known.get(place, ())) > 1:
            keys |= _matched(place[1], events, known.get(place, []))
    return replace(
        study, events=tuple(replace(one, key=keys.get(one.origin, one.key)) for one in study.events)
    )


def _matched(
    base: str, events: Iterable[EventRecord], recorded: Iterable[RecordedEvent]
) -> Mapping[object, str]:
    left, free = list(events), sorted(recorded, key=lambda one: one.key)
    keys: dict[object, str] = {}
    for is_same in _LIKENESS:
        for event in list(left):
            match = next((one for one in free if is_same(episode_identity(event), one)), None)
            if match is not None:
                keys[event.origin] = match.key
                left.remove(event)
                free.remove(match)
    taken = {one.key for one in recorded}
    for event in left:
        keys[event.origin] = _next_free(base, taken)
        taken.add(keys[event.origin])
    return keys


def _next_free(base: str, taken: set[str]) -> str:
    number = 1
    while (key := base if number == 1 else f"{base} #{number}") in taken:
        number += 1
    return key


_LIKENESS: tuple[Callable[[tuple[str, str], RecordedEvent], bool], ...] = (
    lambda said, one: said == (one.term, one.onset),
    lambda said, one: said[0] == one.term,
    lambda said, one: bool(one.onset) and said[1] == one.onset,
)
