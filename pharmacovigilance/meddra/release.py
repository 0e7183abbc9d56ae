"""One version of MedDRA as plain values, the comparison of words, and the effect of a change of version on a code.

MedDRA is the dictionary of ICH; each licence holder loads their own copy. Levels: LLT (lowest level term) → PT
(preferred term) → HLT → HLGT → SOC (system organ class). A PT may be under several SOCs; tables use the primary one.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from partial_dates.refusals import gettext_noop
from pharmacovigilance.rules.reasons import ReasonSentence


@dataclass(frozen=True)
class LowestLevelTerm:
    """An LLT. A term that is not current stays readable and must not be used for new coding."""

    code: str
    name: str
    pt_code: str
    is_current: bool


@dataclass(frozen=True)
class HierarchyPath:
    """One path of a PT up to a SOC: codes and names, and whether it is the primary path."""

    pt_code: str
    hlt_code: str
    hlgt_code: str
    soc_code: str
    pt_name: str
    hlt_name: str
    hlgt_name: str
    soc_name: str
    is_primary: bool


@dataclass(frozen=True)
class MeddraRelease:
    """A version in one language. `sha256` is of the files in the order of their names."""

    version: str
    language: str
    terms: tuple[LowestLevelTerm, ...]
    paths: tuple[HierarchyPath, ...]
    counts: dict[str, int] = field(compare=False)
    sha256: str = ""


@dataclass(frozen=True)
class TermMeaning:
    """The meaning of a code in one version: the LLT, its PT, and the primary class."""

    code: str
    name: str
    is_current: bool
    pt_code: str
    pt_name: str
    soc_code: str
    soc_name: str


@dataclass(frozen=True)
class RecodingNeed:
    """A code in use with another meaning, or none, in another version, and the reason."""

    code: str
    name: str
    reasons: tuple[ReasonSentence, ...]


def folded_words(text: str) -> str:
    """The text without case, accents and double blanks, for comparison."""
    plain = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return "".join(c for c in unicodedata.normalize("NFD", plain) if not unicodedata.combining(c))


def recoding_needs(
    codes: Iterator[str] | tuple[str, ...],
    *,
    old: dict[str, TermMeaning],
    new: dict[str, TermMeaning],
    version: str,
) -> tuple[RecodingNeed, ...]:
    """The changes for codes in use when their version is replaced by `version`.

    A code with the same meaning is left out.
    """
    found = []
    for code in codes:
        before = old.get(code)
        reasons = tuple(_changes(before, new.get(code), version)) if before else (_stranger(code),)
        if reasons:
            found.append(RecodingNeed(code, before.name if before else "", reasons))
    return tuple(found)


def _stranger(code: str) -> ReasonSentence:
    return ReasonSentence(gettext_noop("%(code)s is no term of the present version."), {"code": code})


def _changes(old: TermMeaning, new: TermMeaning | None, version: str) -> Iterator[ReasonSentence]:
    term = {"code": old.code, "name": old.name, "version": version}
    if new is None:
        yield ReasonSentence(gettext_noop("%(code)s “%(name)s” is not in version %(version)s."), term)
        return
    if old.is_current and not new.is_current:
        yield ReasonSentence(gettext_noop("%(code)s “%(name)s” is not current in version %(version)s."), term)
    if old.name != new.name:
        sentence = gettext_noop("%(code)s “%(name)s” is called “%(new)s” in version %(version)s.")
        yield ReasonSentence(sentence, term | {"new": new.name})
    if old.pt_code != new.pt_code:
        words = {"old": old.pt_name, "new": new.pt_name}
        yield ReasonSentence(gettext_noop("Preferred term %(old)s becomes %(new)s."), words)
    elif old.pt_name != new.pt_name:
        words = {"old": old.pt_name, "new": new.pt_name}
        yield ReasonSentence(gettext_noop("Preferred term %(old)s is renamed %(new)s."), words)
    if old.soc_code != new.soc_code:
        words = {"old": old.soc_name, "new": new.soc_name}
        yield ReasonSentence(gettext_noop("Primary system organ class %(old)s becomes %(new)s."), words)
