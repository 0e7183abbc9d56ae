"""Matches the terms of an AE data set to the CTCAE version that the protocol pins."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from events.rules.ctcae import Term, fold, is_other_specify
from interchange.rules.cells import Cells

TERM_VARIABLES = (
    "AELLT",
    "AEDECOD",
    "AETERM",
)  # CTCAE's terms are lowest-level terms; AEDECOD may be a broader one

CODED = ("AELLT", "AELLTCD", "AEDECOD")


@dataclass(frozen=True)
class Vocabulary:
    """The terms of one CTCAE version, found by code, or by name without regard to case and spelling (UK or US)."""

    version: str
    by_code: dict[str, Term]
    by_name: dict[str, Term]

    @classmethod
    def of(cls, version: str, terms: Iterable[Term]) -> Self:
        """The vocabulary made of a version's terms."""
        listed = tuple(terms)
        return cls(version, {term.code: term for term in listed}, {fold(term.term): term for term in listed})

    def match(self, cells: Cells) -> Term | None:
        """The term of a row of AE; refused when no term has its code or name, or when code and name disagree."""
        code = _code(cells.text("AELLTCD"))
        named = self._named(cells)
        coded = self.by_code.get(code)
        if code and coded is None:
            cells.refuse("AELLTCD", f"CTCAE v{self.version} has no such code")
            return None
        if coded is not None and named is not None and coded != named:
            cells.refuse(
                "AELLTCD", f"CTCAE v{self.version} has this code for {coded.term!r}, not for {named.term!r}"
            )
            return None
        if coded is None and named is None and not any(map(cells.text, CODED)):
            return None  # not coded yet: imported with its own words, for people to code
        if coded is None and named is None:
            rule = (
                f"CTCAE v{self.version} has no such term; use its class's 'Other, specify' and say which in AETERM, or "
                f'keep the study\'s own terms: [dictionary] name = "none", grades = "CTCAE-{self.version}"'
            )
            cells.refuse("AEDECOD", rule)
        return coded or named

    def _named(self, cells: Cells) -> Term | None:
        found = (self.by_name.get(fold(cells.text(variable))) for variable in TERM_VARIABLES)
        return next((term for term in found if term is not None), None)


def specified(term: Term, verbatim: str) -> str:
    """The text of an "Other, specify": the verbatim text, unless it is the term itself.

    Empty for other terms.
    """
    return verbatim if is_other_specify(term.term) and fold(verbatim) != fold(term.term) else ""


def _code(written: str) -> str:
    """A MedDRA code as text; SAS writes 10012727 as 10012727.0."""
    return written.removesuffix(".0")
