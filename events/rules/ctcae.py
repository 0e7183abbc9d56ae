"""CTCAE as a vocabulary: which grades a term has, and when two names are one.

Facts (code, class, term, available grades) counted from NCI's tables: CTCAE v5.0 (27 November 2017) 837
terms, v6.0 (22 July 2025) 850 terms, 26 system organ classes and 26 "Other, specify" terms each; a grade that
a term does not have is an empty cell or a hyphen. The eight-digit codes are MedDRA lowest-level terms as
published by NCI.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

GRADES = (1, 2, 3, 4, 5)
OTHER_SPECIFY = "other, specify"
NO_GRADE = frozenset({"", "-", "–", "—"})
FOLDED_NAMES_KEPT = 4096  # both versions' names and typed texts

# The British spelling finds NCI's American terms: both sides are folded alike, so the fold needs no dictionary.
_SPELLINGS = (("ae", "e"), ("oe", "e"), ("our", "or"))


@dataclass(frozen=True)
class Term:
    """One term of one version. `grades` are its existing grades, ascending."""

    code: str
    soc: str
    term: str
    grades: tuple[int, ...]


def is_other_specify(term: str) -> bool:
    """Whether the term is one of the 26 "… - Other, specify" terms, which need a text of their own."""
    return term.strip().casefold().endswith(OTHER_SPECIFY)


def available_grades(cells: Sequence[str]) -> tuple[int, ...]:
    """The grades with a wording in their cell, for grades 1 to 5 in order.

    " -" (NCI v5.0) and "-" (v6.0) mean none.
    """
    return tuple(grade for grade, cell in zip(GRADES, cells, strict=True) if tidy(cell) not in NO_GRADE)


@lru_cache(maxsize=FOLDED_NAMES_KEPT)
def fold(text: str) -> str:
    """Text without case, accents, punctuation and British or American spelling, for comparison only."""
    whole = text.casefold().replace("œ", "oe").replace("æ", "ae")
    plain = "".join(ch for ch in unicodedata.normalize("NFKD", whole) if not unicodedata.combining(ch))
    folded = " ".join(re.findall(r"[a-z0-9]+", plain.casefold()))
    for written, common in _SPELLINGS:
        folded = folded.replace(written, common)
    return folded


def tidy(cell: str | None) -> str:
    """A cell without no-break spaces and without outer or repeated blanks."""
    return " ".join((cell or "").replace("\N{NO-BREAK SPACE}", " ").split())
