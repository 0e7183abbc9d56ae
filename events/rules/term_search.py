"""The one search for a term of the dictionary: what a person typed against the terms' names, our labels and the
table of everyday words.

Best first: the term's own name or code, a phrase of the table, the beginning of one, all typed words in any order,
one wrong letter, a phrase inside a longer sentence, a part of a phrase. Within a rank the terms that the trial
records most often come first, then the order that the table gives.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from events.rules.ctcae import Term, is_other_specify
from events.rules.search_spelling import is_near, is_near_start, search_words

PART_FROM_LETTERS = 4
"""A shorter word inside a sentence, or inside another word, says too little."""

NO_COUNTS: Mapping[str, int] = {}


class Match(IntEnum):
    """How well a phrase fits what was typed, best first."""

    NAME = 0
    PHRASE = 1
    BEGINNING = 2
    ALL_WORDS = 3
    ONE_LETTER = 4
    ONE_LETTER_BEGINNING = 5
    IN_SENTENCE = 6
    INSIDE = 7


@dataclass(frozen=True)
class Phrase:
    """One way to say a term. `order` is the term's place among those of the phrase, from 1; 0: the term's own name."""

    text: str
    code: str
    order: int


@dataclass(frozen=True)
class Suggestion:
    """A term that fits, by its code; `matched` is the phrase that fitted."""

    code: str
    matched: str
    match: Match


@dataclass(frozen=True)
class TermIndex:
    """The phrases of one version in one language, with what the search compares."""

    terms: tuple[Term, ...]
    phrases: tuple[Phrase, ...]

    @cached_property
    def entries(self) -> tuple[tuple[Phrase, tuple[str, ...]], ...]:
        """Each phrase with its words as they are compared."""
        return tuple((phrase, words) for phrase in self.phrases if (words := search_words(phrase.text)))

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Every word of every phrase."""
        return frozenset(word for _phrase, words in self.entries for word in words)

    @cached_property
    def others(self) -> frozenset[str]:
        """The codes of the terms that need a text of their own."""
        return frozenset(term.code for term in self.terms if is_other_specify(term.term))


def index_of(terms: Iterable[Term], phrases: Iterable[Phrase]) -> TermIndex:
    """The index of a version's terms: their names, and those of the phrases whose term the version has."""
    kept = tuple(terms)
    codes = {term.code for term in kept}
    names = tuple(Phrase(term.term, term.code, 0) for term in kept)
    return TermIndex(kept, (*names, *(phrase for phrase in phrases if phrase.code in codes)))


def find_terms(
    typed: str, index: TermIndex, *, limit: int, counts: Mapping[str, int] = NO_COUNTS
) -> tuple[Suggestion, ...]:
    """The terms that fit, best first, each once. `counts`: how often the trial has recorded a term, by its code.

    Nothing typed: nothing found. An eight-digit code, or its beginning, finds its term.
    """
    if typed.strip().isdecimal():
        return _by_code(typed.strip(), index, limit)
    wanted = _Wanted.of(typed, index)
    best: dict[str, tuple[tuple[object, ...], Suggestion]] = {}
    for phrase, words in index.entries if wanted.words else ():
        match = wanted.match(phrase, words)
        if match is None:
            continue
        place = _place(match, phrase, words, index, counts)
        if phrase.code not in best or place < best[phrase.code][0]:  # type: ignore[operator]
            best[phrase.code] = (place, Suggestion(phrase.code, phrase.text, match))
    found = sorted(best.values(), key=lambda pair: pair[0])
    return tuple(suggestion for _place_, suggestion in found[:limit])


def joined(
    own: Iterable[Suggestion], foreign: Iterable[Suggestion], *, limit: int
) -> tuple[Suggestion, ...]:
    """What one language found, and where it found nothing without a wrong letter, what the other one did."""
    first, second = tuple(own), tuple(foreign)
    if any(is_certain(one) for one in first):
        return first[:limit]
    certain = tuple(one for one in second if is_certain(one))
    codes = {one.code for one in certain}
    return (*certain, *(one for one in first if one.code not in codes))[:limit]


def is_certain(suggestion: Suggestion) -> bool:
    """Whether every typed word was found as it was typed."""
    return suggestion.match <= Match.ALL_WORDS


def _by_code(typed: str, index: TermIndex, limit: int) -> tuple[Suggestion, ...]:
    codes = sorted(term.code for term in index.terms if term.code.startswith(typed))
    return tuple(Suggestion(code, code, Match.NAME) for code in codes[:limit])


def _place(
    match: Match, phrase: Phrase, words: tuple[str, ...], index: TermIndex, counts: Mapping[str, int]
) -> tuple[object, ...]:
    """The order of suggestions. A long phrase inside a sentence says more than a short one."""
    length = sum(len(word) for word in words)
    told = -length if match is Match.IN_SENTENCE else 0
    is_other = phrase.code in index.others and phrase.order == 0
    often = -counts.get(phrase.code, 0)
    return (match, told, is_other, often, phrase.order, length, phrase.text, phrase.code)


@dataclass(frozen=True)
class _Wanted:
    """What was typed: its words, and for each of them the words of the index that fit it."""

    words: tuple[str, ...]
    starts: tuple[frozenset[str], ...]
    near: tuple[frozenset[str], ...]
    near_starts: tuple[frozenset[str], ...]

    @classmethod
    def of(cls, typed: str, index: TermIndex) -> "_Wanted":
        words = search_words(typed)
        known = index.vocabulary
        starts = tuple(frozenset(each for each in known if each.startswith(word)) for word in words)
        near = tuple(frozenset(each for each in known if is_near(word, each)) for word in words)
        near_starts = tuple(frozenset(each for each in known if is_near_start(word, each)) for word in words)
        return cls(words, starts, near, near_starts)

    def match(self, phrase: Phrase, words: tuple[str, ...]) -> Match | None:
        if exact := self._as_typed(phrase, words):
            return exact[0]
        if len(words) == len(self.words) and self._all(self.near, words):
            return Match.ONE_LETTER
        if self._all(self.near_starts, words):
            return Match.ONE_LETTER_BEGINNING
        if set(words) <= set(self.words) and max(map(len, words)) >= PART_FROM_LETTERS:
            return Match.IN_SENTENCE
        whole = "".join(self.words)
        return Match.INSIDE if len(whole) >= PART_FROM_LETTERS and whole in "".join(words) else None

    def _as_typed(self, phrase: Phrase, words: tuple[str, ...]) -> tuple[Match] | None:
        """The rank without any wrong letter, in a tuple because the best one is 0."""
        if words == self.words or "".join(words) == "".join(self.words) or sorted(words) == self._sorted:
            return (Match.PHRASE if phrase.order else Match.NAME,)
        if " ".join(words).startswith(" ".join(self.words)) or "".join(words).startswith("".join(self.words)):
            return (Match.BEGINNING,)
        return (Match.ALL_WORDS,) if self._all(self.starts, words) else None

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self.words)

    @staticmethod
    def _all(fitting: tuple[frozenset[str], ...], words: tuple[str, ...]) -> bool:
        return all(not each.isdisjoint(words) for each in fitting)
