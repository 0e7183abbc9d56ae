"""Whether two events of a participant are likely one: the same term or word, and days that may overlap.

A likely duplicate is shown and never merged: the same complaint may come twice (`facts/lessons.md` c, 13).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from events.rules.adverse_events.facts import EventFacts
from events.rules.ctcae import fold, is_other_specify
from events.rules.remarks import Remark
from partial_dates import PartialMoment, surely_before
from partial_dates.refusals import gettext_noop

LIKELY = gettext_noop("Term: likely the same event as event %(other)s, whose days it shares (R12).")
IN_THE_WAY = gettext_noop(
    "Another event because: likely the same as event %(other)s; open that one, or say here why this is another (R12)."
)


@dataclass(frozen=True)
class EventTraits:
    """The compared properties of two events: synonymous names, begin and end.

    `is_distinct`: a person gave the reason.
    """

    number: int
    names: frozenset[str]
    onset: PartialMoment | None
    ended: PartialMoment | None
    is_distinct: bool = False


def traits_of(number: int, facts: EventFacts, synonyms: frozenset[str] = frozenset()) -> EventTraits:
    """The traits of an event.

    A term of the dictionary counts, and the words where there is none, or where it is "other".

    `synonyms`: codes of the terms that the words mean, for an event without a term.
    """
    words = {_word(text) for text in (facts.reported_term, facts.specify) if text.strip()}
    if facts.term is None:
        names = words | {f"term {code}" for code in synonyms}
    elif is_other_specify(facts.term.term):
        names = words
    else:
        names = words | {f"term {facts.term.code}"}
    return EventTraits(
        number, frozenset(names), facts.onset, facts.ended, bool(facts.distinct_because.strip())
    )


def are_likely_one(one: EventTraits, other: EventTraits) -> bool:
    """Whether they share a name and may share a day.

    An event that begins when the other has ended is another one.
    """
    return bool(one.names & other.names) and not (_is_over_before(one, other) or _is_over_before(other, one))


def remarks_on_duplicates(events: Sequence[EventTraits]) -> Iterator[tuple[int, Remark]]:
    """Of each event that nobody called distinct the first earlier one that it is likely to repeat, by number.

    Compared are only events that share a name: a participant may have hundreds.
    """
    earlier: dict[str, list[EventTraits]] = {}
    for event in sorted(events, key=lambda one: one.number):
        alike = {one.number: one for name in event.names for one in earlier.get(name, ())}
        found = (number for number in sorted(alike) if are_likely_one(alike[number], event))
        first = None if event.is_distinct else next(found, None)
        if first is not None:
            yield event.number, Remark("R12", "likely_duplicate", "reported_term", LIKELY, {"other": first})
        for name in event.names:
            earlier.setdefault(name, []).append(event)


@lru_cache(maxsize=20_000)
def _word(text: str) -> str:
    """A text as a name. Kept: a trial has fewer words than events."""
    return f"word {fold(text)}"


def _is_over_before(one: EventTraits, other: EventTraits) -> bool:
    if one.ended is None or other.onset is None:
        return False
    if surely_before(one.ended, other.onset):
        return True
    is_one_day = one.onset is not None and one.onset.text[:10] == other.onset.text[:10]
    return one.ended.text == other.onset.text and not is_one_day


def may_reopen(onset: PartialMoment | None, earlier_end: PartialMoment | None) -> bool:
    """R7: whether an event can be one that comes back: the earlier one has an end, not surely after the onset."""
    if earlier_end is None:
        return False
    return onset is None or not surely_before(onset, earlier_end)
