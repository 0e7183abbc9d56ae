"""The specificity of a bead, as the file writes it: one chain or two, with Bw4 and Bw6 as its attributes."""

import re
from functools import lru_cache
from typing import NamedTuple

from immunology.rules.names import HlaNameError, chains, hla_class

_PARTS = re.compile(r"\s*[,;+]\s*|\s+&\s+|\s+")
_PUBLIC = re.compile(r"Bw[46]", re.IGNORECASE)
_EMPTY = frozenset({"", "-", "–"})


class Specificity(NamedTuple):
    """The canonical text, "" when the file's text is no HLA name; the class; `Bw4` or `Bw6` or ""."""

    text: str
    hla_class: str
    public: str


@lru_cache(maxsize=8192)
def read_specificity_text(written: str) -> Specificity:
    """A bead's specificity. Bw4 and Bw6 beside an allele are attributes of the bead, not a second antigen."""
    try:
        return _specificity(written, "")
    except HlaNameError:
        parts = [part for part in _PARTS.split(written.strip()) if part not in _EMPTY]
    public = next((f"Bw{part[-1]}" for part in parts if _PUBLIC.fullmatch(part)), "")
    try:
        return _specificity("~".join(part for part in parts if not _PUBLIC.fullmatch(part)), public)
    except HlaNameError:
        return Specificity("", "", public)


def _specificity(written: str, public: str) -> Specificity:
    names = chains(written)
    return Specificity("~".join(name.text for name in names), hla_class(names[0]), public)


@lru_cache(maxsize=8192)
def is_empty(written: str) -> bool:
    """Whether the file has no name: `-,-,-`, or nothing at all."""
    return all(part in _EMPTY for part in _PARTS.split(written.strip()))
