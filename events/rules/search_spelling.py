"""The comparison of words in the search for a term.

It ignores case, accents, hyphens, plural, British or American spelling, doubled letters and letters that sound alike,
and permits one wrong letter. For the search only. An import compares terms by `fold` and `spelling_key`, which are
stricter.
"""

import re
from functools import lru_cache

from events.rules.ctcae import fold

NEAR_FROM_LETTERS = 4
# No ending is taken off a key that would be left shorter than this.
SHORTEST_WITHOUT_PLURAL, SHORTEST_WITHOUT_ENDING = 3, 4
"""From this length on one wrong letter is tolerated; among shorter words too many differ by one letter."""

NEAR_START_FROM_LETTERS = 5
"""The same for a word that is still being typed."""

WORDS_KEPT = 32768  # both languages and both versions, and typed texts

_STOP_ENGLISH = "a an and at had has have he her his in is of on she the to with"
_STOP_FRENCH = "au aux avec d dans de des du elle en est et il l la le les ont par s se sur un une"
STOP_WORDS = frozenset(f"{_STOP_ENGLISH} {_STOP_FRENCH}".split())
"""Words that do not describe the event. The last word of a phrase always counts: vitamin D, hepatitis A."""

_ALIKE = (("ph", "f"), ("rh", "r"), ("th", "t"), ("y", "i"), ("k", "c"))
_Z_OF_A_VERB = re.compile(r"z(?=[aeiou])")
"""As in paralyze, catheterized, seizure."""

_DOUBLED = re.compile(r"(.)\1")


@lru_cache(maxsize=WORDS_KEPT)
def search_words(text: str) -> tuple[str, ...]:
    """The words of a text in the form for comparison; empty without letters and digits."""
    words = fold(text).split()
    told = [word for word in words[:-1] if word not in STOP_WORDS] + words[-1:]
    return tuple(_key(word) for word in told)


def is_near(typed: str, word: str) -> bool:
    """Whether the two words differ by at most one letter: one wrong, missing, too many, or two exchanged."""
    if len(typed) < NEAR_FROM_LETTERS or abs(len(typed) - len(word)) > 1:
        return typed == word
    at = _first_difference(typed, word)
    rest, other = typed[at:], word[at:]
    return rest[1:] == other[1:] or rest[1:] == other or rest == other[1:] or _is_exchanged(rest, other)


def is_near_start(typed: str, word: str) -> bool:
    """Whether the word begins with the typed text, or with a text that differs from it by at most one letter."""
    if word.startswith(typed):
        return True
    if len(typed) < NEAR_START_FROM_LETTERS or len(word) < len(typed) - 1:
        return False
    at = _first_difference(typed, word)
    rest, other = typed[at:], word[at:]
    starts = (
        other[1:].startswith(rest[1:]),
        other.startswith(rest[1:]),
        other[1:].startswith(rest),
        len(rest) > 1 and len(other) > 1 and rest[:2] == other[1::-1] and other[2:].startswith(rest[2:]),
    )
    return any(starts)


def _first_difference(left: str, right: str) -> int:
    shorter = min(len(left), len(right))
    for at in range(shorter):
        if left[at] != right[at]:
            return at
    return shorter


def _is_exchanged(rest: str, other: str) -> bool:
    return len(rest) > 1 and rest[:2] == other[1::-1] and rest[2:] == other[2:]


def _key(word: str) -> str:
    if not word.isalpha():
        return word
    key = word
    for written, common in _ALIKE:
        key = key.replace(written, common)
    key = _Z_OF_A_VERB.sub("s", key)
    if len(word) < NEAR_FROM_LETTERS:
        return key  # an abbreviation: PT is not PTT
    return _without_ending(_DOUBLED.sub(r"\1", key))


def _without_ending(key: str) -> str:
    """Without the plural, and for longer words without a silent ending: fractures, fracture; confuse, confus."""
    if len(key) > SHORTEST_WITHOUT_PLURAL and key.endswith("s"):
        key = key[:-1]
    while len(key) > SHORTEST_WITHOUT_ENDING and key[-1] in "esx":
        key = key[:-1]
    return key
