"""One version of MedDRA as plain values, and what a coder asks of it.

MedDRA is the dictionary of ICH; each licence holder loads the own copy. Levels: LLT (lowest level term) → PT (preferred
term) → HLT → HLGT → SOC (system organ class). A PT may sit under several SOCs; tables use the primary one.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property


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
class RecodingNeed:
    """A code in use that means something else, or nothing, in another version. `reasons` are sentences."""

    code: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class MeddraRelease:
    """A version in one language. `sha256` is of the files in the order of their names."""

    version: str
    language: str
    terms: tuple[LowestLevelTerm, ...]
    paths: tuple[HierarchyPath, ...]
    counts: dict[str, int] = field(compare=False)
    sha256: str = ""

    @cached_property
    def by_code(self) -> dict[str, LowestLevelTerm]:
        return {term.code: term for term in self.terms}

    @cached_property
    def primary(self) -> dict[str, HierarchyPath]:
        """The primary path of each PT."""
        return {path.pt_code: path for path in self.paths if path.is_primary}

    @cached_property
    def _by_name(self) -> dict[str, tuple[LowestLevelTerm, ...]]:
        found: dict[str, tuple[LowestLevelTerm, ...]] = {}
        for term in self.terms:
            if term.is_current:
                found[plain_words(term.name)] = (*found.get(plain_words(term.name), ()), term)
        return found

    def exact_match(self, words: str) -> LowestLevelTerm | None:
        """The one current term with exactly these words, without regard to case and blanks; None for none or several."""
        found = self._by_name.get(plain_words(words), ())
        return found[0] if len(found) == 1 else None

    def search(self, words: str, *, limit: int) -> tuple[LowestLevelTerm, ...]:
        """Current terms that hold every word, also without its accents: whole names first, then short names."""
        wanted = without_accents(plain_words(words)).split()
        hits = [term for term in self.terms if term.is_current and wanted and _holds(term, wanted)]
        return tuple(sorted(hits, key=lambda term: _rank(term, " ".join(wanted)))[:limit])

    def recoding(
        self, codes: Iterator[str] | tuple[str, ...], other: "MeddraRelease"
    ) -> tuple[RecodingNeed, ...]:
        """What changes for codes in use when this version is replaced by `other`."""
        return tuple(
            need for code in codes if (need := RecodingNeed(code, tuple(self._changes(code, other)))).reasons
        )

    def _changes(self, code: str, other: "MeddraRelease") -> Iterator[str]:
        old, new = self.by_code.get(code), other.by_code.get(code)
        if old is None:
            yield f"{code} is no term of version {self.version}."
            return
        if new is None:
            yield f"{code} “{old.name}” is not in version {other.version}."
            return
        if old.is_current and not new.is_current:
            yield f"{code} “{old.name}” is not current in version {other.version}."
        if old.name != new.name:
            yield f"{code} “{old.name}” is called “{new.name}” in version {other.version}."
        before, after = self.primary[old.pt_code], other.primary[new.pt_code]
        if before.pt_code != after.pt_code:
            yield f"Preferred term {before.pt_name} becomes {after.pt_name}."
        elif before.pt_name != after.pt_name:
            yield f"Preferred term {before.pt_name} is renamed {after.pt_name}."
        if before.soc_code != after.soc_code:
            yield f"Primary system organ class {before.soc_name} becomes {after.soc_name}."


def plain_words(text: str) -> str:
    """Case and runs of blanks do not matter; accents do."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def _holds(term: LowestLevelTerm, words: list[str]) -> bool:
    name = without_accents(plain_words(term.name))
    return all(word in name for word in words)


def _rank(term: LowestLevelTerm, words: str) -> tuple[bool, bool, int, str]:
    name = without_accents(plain_words(term.name))
    return name != words, not name.startswith(words), len(name), name
