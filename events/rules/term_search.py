"""The search for a term of the dictionary: typed text against the terms' names, our labels and the everyday words.

Best first: the term's own name or code, a phrase of the table, the beginning of one, all typed words in any order, one
wrong letter, a phrase inside a longer sentence, a part of a phrase. Within a rank the terms that the trial records most
often come first, then the order of the table.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from events.rules.ctcae import Term, is_other_specify
from events.rules.search_spelling import is_near, is_near_start, search_words

PART_FROM_LETTERS = 4
"""A shorter word inside a sentence, or inside another word, is too unspecific."""

ENOUGH = 3
"""The form shows three suggestions; with as many exact matches no wrong letter is searched."""

NO_COUNTS: Mapping[str, int] = {}


class Match(IntEnum):
    """How well a phrase matches the typed text, best first."""

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
    """One phrase for a term.

    `order` is the term's place among those of the phrase, from 1; 0: the term's own name.
    """

    text: str
    code: str
    order: int


@dataclass(frozen=True)
class Suggestion:
    """A matching term, by its code; `matched` is the matching phrase."""

    code: str
    matched: str
    match: Match


Found = tuple[Match, int]
"""How well the phrase at an index matches."""

Rank = tuple[int, int, int, int, int, int, str, str]


@dataclass(frozen=True)
class TermIndex:
    """The phrases of one version in one language, and the search's indexes: every property is computed once."""

    terms: tuple[Term, ...]
    phrases: tuple[Phrase, ...]

    @cached_property
    def words(self) -> tuple[tuple[str, ...], ...]:
        """The words of each phrase in the form for comparison."""
        return tuple(search_words(phrase.text) for phrase in self.phrases)

    @cached_property
    def having(self) -> Mapping[str, frozenset[int]]:
        """For every word the indexes of its phrases."""
        places: dict[str, set[int]] = {}
        for place, words in enumerate(self.words):
            for word in words:
                places.setdefault(word, set()).add(place)
        return {word: frozenset(found) for word, found in places.items()}

    @cached_property
    def vocabulary(self) -> tuple[str, ...]:
        """Every word of every phrase, sorted."""
        return tuple(sorted(self.having))

    @cached_property
    def runs(self) -> tuple[tuple[str, int], ...]:
        """Each phrase without blanks, sorted, with its index: auto-extubation and autoextubation are one."""
        return tuple(sorted(("".join(words), place) for place, words in enumerate(self.words) if words))

    @cached_property
    def others(self) -> frozenset[str]:
        """The codes of the terms that need a text of their own."""
        return frozenset(term.code for term in self.terms if is_other_specify(term.term))

    def starting(self, word: str) -> Iterator[str]:
        """The words with this beginning."""
        for known in self.vocabulary[bisect_left(self.vocabulary, word) :]:
            if not known.startswith(word):
                return
            yield known

    def near(self, word: str) -> list[str]:
        """The words with this beginning except for one letter."""
        first, second = word[:1], word[1:2]
        return [
            known
            for known in self.vocabulary
            if (first in known[:2] or second in known[:2]) and is_near_start(word, known)
        ]

    def of_words(self, fitting: Iterable[Iterable[str]]) -> set[int]:
        """The indexes of the phrases that have, for each typed word, one of its matching words."""
        places = [set().union(*(self.having[word] for word in words)) for words in fitting]
        return set.intersection(*places) if places else set()

    def of_run(self, run: str) -> Iterator[int]:
        """The indexes of the phrases that begin with the run."""
        for text, place in self.runs[bisect_left(self.runs, (run, -1)) :]:
            if not text.startswith(run):
                return
            yield place


def index_of(terms: Iterable[Term], phrases: Iterable[Phrase]) -> TermIndex:
    """The index of a version's terms: their names, and those of the phrases whose term the version has."""
    kept = tuple(terms)
    codes = {term.code for term in kept}
    names = tuple(Phrase(term.term, term.code, 0) for term in kept)
    return TermIndex(kept, (*names, *(phrase for phrase in phrases if phrase.code in codes)))


def find_terms(
    typed: str, index: TermIndex, *, limit: int, counts: Mapping[str, int] = NO_COUNTS
) -> tuple[Suggestion, ...]:
    """The matching terms, best first, each once.

    `counts`: how often the trial has recorded a term, by its code.

    A wrong letter is permitted when fewer than three terms match as typed and none of them exactly. An empty text finds
    nothing. An eight-digit code, or its beginning, finds its term.
    """
    if typed.strip().isdecimal():
        return _by_code(typed.strip(), index, limit)
    wanted = search_words(typed)
    if not wanted:
        return ()
    found = _as_typed(wanted, index)
    best = _best(found, index, counts)
    if len(best) < ENOUGH and not any(is_exact(one) for one in best):
        best = _best([*found, *_otherwise(typed, wanted, index)], index, counts)
    return best[:limit]


def with_foreign(
    uncertain: Iterable[Suggestion], foreign: Iterable[Suggestion], *, limit: int
) -> tuple[Suggestion, ...]:
    """Where one language has no match as typed: first the other language's matches as typed."""
    certain = tuple(one for one in foreign if is_certain(one))
    codes = {one.code for one in certain}
    return (*certain, *(one for one in uncertain if one.code not in codes))[:limit]


def is_exact(suggestion: Suggestion) -> bool:
    """Whether the whole phrase was typed."""
    return suggestion.match <= Match.PHRASE


def is_certain(suggestion: Suggestion) -> bool:
    """Whether every typed word was found as it was typed."""
    return suggestion.match <= Match.ALL_WORDS


def _by_code(typed: str, index: TermIndex, limit: int) -> tuple[Suggestion, ...]:
    codes = sorted(term.code for term in index.terms if term.code.startswith(typed))
    return tuple(Suggestion(code, code, Match.NAME) for code in codes[:limit])


def _as_typed(wanted: tuple[str, ...], index: TermIndex) -> list[Found]:
    """The phrases that match without any wrong letter."""
    run, text, alike = "".join(wanted), " ".join(wanted), sorted(wanted)
    places = index.of_words(index.starting(word) for word in wanted) | set(index.of_run(run))
    found: list[Found] = []
    for place in places:
        words = index.words[place]
        whole = "".join(words)
        if whole == run or sorted(words) == alike:
            found.append((Match.PHRASE if index.phrases[place].order else Match.NAME, place))
        elif " ".join(words).startswith(text) or whole.startswith(run):
            found.append((Match.BEGINNING, place))
        else:
            found.append((Match.ALL_WORDS, place))
    return found


def _otherwise(typed: str, wanted: tuple[str, ...], index: TermIndex) -> list[Found]:
    """The phrases with one wrong letter in a word, inside the sentence, or with the text inside."""
    found = [
        (_nearness(wanted, index.words[place]), place) for place in index.of_words(map(index.near, wanted))
    ]
    found += [(Match.IN_SENTENCE, place) for place in _in_sentence(typed, index)]
    run = "".join(wanted)
    if not found and len(run) >= PART_FROM_LETTERS:
        found = [(Match.INSIDE, place) for whole, place in index.runs if run in whole]
    return found


def _nearness(wanted: tuple[str, ...], words: tuple[str, ...]) -> Match:
    is_whole = len(words) == len(wanted) and all(any(is_near(one, word) for word in words) for one in wanted)
    return Match.ONE_LETTER if is_whole else Match.ONE_LETTER_BEGINNING


def _in_sentence(typed: str, index: TermIndex) -> Iterator[int]:
    """The phrases all of whose words were typed, among others: long ones, and abbreviations in capitals."""
    said = frozenset(search_words(typed))
    telling = {word for word in said if len(word) >= PART_FROM_LETTERS}
    telling |= {word for part in typed.split() if part.isupper() for word in search_words(part)}
    for place in _having_any(telling, index) if len(said) > 1 else ():
        if said.issuperset(index.words[place]):
            yield place


def _having_any(words: Iterable[str], index: TermIndex) -> frozenset[int]:
    return frozenset().union(*(index.having.get(word, frozenset()) for word in words))


def _best(found: Iterable[Found], index: TermIndex, counts: Mapping[str, int]) -> tuple[Suggestion, ...]:
    """Each term once, by its best phrase, in the order of suggestions."""
    best: dict[str, tuple[Rank, Suggestion]] = {}
    for match, place in found:
        phrase = index.phrases[place]
        rank = _rank(match, place, index, counts)
        if phrase.code not in best or rank < best[phrase.code][0]:
            best[phrase.code] = (rank, Suggestion(phrase.code, phrase.text, match))
    return tuple(suggestion for _, suggestion in sorted(best.values(), key=lambda pair: pair[0]))


def _rank(match: Match, place: int, index: TermIndex, counts: Mapping[str, int]) -> Rank:
    """The order of suggestions. A long phrase inside a sentence is more specific than a short one."""
    phrase = index.phrases[place]
    length = sum(map(len, index.words[place]))
    said = -length if match is Match.IN_SENTENCE else 0
    is_other = int(phrase.code in index.others and phrase.order == 0)
    often = -counts.get(phrase.code, 0)
    return (match, said, is_other, often, phrase.order, length, phrase.text, phrase.code)
