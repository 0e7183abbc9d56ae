"""CTCAE as a vocabulary: which grades a term has, and which terms fit what somebody typed.

Facts (code, class, term, available grades) counted from NCI's tables: CTCAE v5.0 (27 November 2017) 837
terms, v6.0 (22 July 2025) 850 terms, 26 system organ classes and 26 "Other, specify" terms each; a grade that
a term does not have is an empty cell or a hyphen. The eight-digit codes are MedDRA lowest-level terms as
published by NCI.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

GRADES = (1, 2, 3, 4, 5)
OTHER_SPECIFY = "other, specify"
NO_GRADE = frozenset({"", "-", "–", "—"})
FOLDED_NAMES_KEPT = 4096  # both versions' names and what is typed meanwhile

# British spelling finds NCI's American terms: both sides are folded alike, so the fold needs no dictionary.
_SPELLINGS = (("ae", "e"), ("oe", "e"), ("our", "or"))


@dataclass(frozen=True)
class Term:
    """One term of one version. `grades` are those that exist for it, ascending."""

    code: str
    soc: str
    term: str
    grades: tuple[int, ...]


class Match(IntEnum):
    """How well a term fits what was typed, best first."""

    EXACT = 0
    CODE = 1
    PREFIX = 2
    WORDS = 3
    INSIDE = 4


def is_other_specify(term: str) -> bool:
    """Whether the term is one of the 26 "… - Other, specify" terms, which say nothing without a text of their
    own.
    """
    return term.strip().casefold().endswith(OTHER_SPECIFY)


def available_grades(cells: Sequence[str]) -> tuple[int, ...]:
    """The grades whose cell, for grades 1 to 5 in order, holds a wording; " -" (NCI v5.0) and "-" (v6.0) hold
    none.
    """
    return tuple(grade for grade, cell in zip(GRADES, cells, strict=True) if tidy(cell) not in NO_GRADE)


def rank_terms(typed: str, terms: Iterable[Term], *, limit: int) -> tuple[Term, ...]:
    """The terms that fit what was typed, best first: the term itself, its code, its beginning, the beginnings
    of its words, a part of it. Case, accents and British or American spelling make no difference. Within a
    rank the short and specific come first and "Other, specify" last. Nothing typed: nothing found.
    """
    wanted = fold(typed)
    if not wanted:
        return ()
    found = [(match, term) for term in terms if (match := _match(wanted, term)) is not None]
    found.sort(key=lambda pair: (pair[0], is_other_specify(pair[1].term), len(pair[1].term), pair[1].term))
    return tuple(term for _, term in found[:limit])


@lru_cache(maxsize=FOLDED_NAMES_KEPT)
def fold(text: str) -> str:
    """Text without case, accents, punctuation and the British or American way to spell it, for comparison
    only.
    """
    whole = text.casefold().replace("œ", "oe").replace("æ", "ae")
    plain = "".join(ch for ch in unicodedata.normalize("NFKD", whole) if not unicodedata.combining(ch))
    folded = " ".join(re.findall(r"[a-z0-9]+", plain.casefold()))
    for written, common in _SPELLINGS:
        folded = folded.replace(written, common)
    return folded


def _match(wanted: str, term: Term) -> Match | None:
    name = fold(term.term)
    if name == wanted:
        return Match.EXACT
    if wanted.isdigit() and term.code.startswith(wanted):
        return Match.CODE
    if name.startswith(wanted):
        return Match.PREFIX
    words = name.split()
    if all(any(word.startswith(part) for word in words) for part in wanted.split()):
        return Match.WORDS
    return Match.INSIDE if wanted in name else None


def tidy(cell: str | None) -> str:
    """A cell without no-break spaces and without blanks at its ends or in a row."""
    return " ".join((cell or "").replace("\N{NO-BREAK SPACE}", " ").split())
