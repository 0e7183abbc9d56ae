"""The shipped tables of the search: the terms of each version, the everyday words, our own French labels."""

import csv
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from events.choices import WordLanguage
from events.rules.ctcae import Term
from events.rules.ctcae_table import parse_vocabulary
from events.rules.term_search import Phrase

EVENTS = Path(__file__).resolve().parent.parent
VOCABULARIES = {
    "5.0": EVENTS / "vocabulary" / "ctcae_v5.csv",
    "6.0": EVENTS / "vocabulary" / "ctcae_v6.csv",
}
DICTIONARIES = {f"CTCAE-{version}": version for version in VOCABULARIES}
"""The names of the dictionaries as commands and the API write them."""

WORDS = {language: EVENTS / "words" / f"{language}.csv" for language in WordLanguage.values}
LABELS = {WordLanguage.FRENCH: EVENTS / "words" / "labels_fr.csv"}
"""English needs none: the terms are English."""

_IN_BRACKETS = re.compile(r"\s*\(([^)]*)\)")
_WITHIN = "dont "
"""A bracket that begins so names a part of the term, not another name of it."""


@cache
def shipped_terms(version: str) -> tuple[Term, ...]:
    """The terms of a CTCAE version; empty for a version that is not shipped."""
    path = VOCABULARIES.get(version)
    return parse_vocabulary(enumerate(_rows(path), start=2)) if path else ()


@cache
def everyday_words(language: str) -> Mapping[str, tuple[Phrase, ...]]:
    """The table of everyday words of a language, by the version of the dictionary."""
    phrases: dict[str, list[Phrase]] = {version: [] for version in VOCABULARIES}
    for row in _rows(WORDS[language]):
        phrases[row["version"]].append(Phrase(row["word"], row["code"], int(row["order"])))
    return {version: tuple(listed) for version, listed in phrases.items()}


@cache
def own_labels(language: str) -> Mapping[str, str]:
    """Our own label of each term in a language, by the term's code; empty for English."""
    path = LABELS.get(WordLanguage(language))
    return {row["code"]: row["label"] for row in _rows(path)} if path else {}


def shipped_phrases(version: str, language: str) -> tuple[Phrase, ...]:
    """Every phrase for a term in a language besides the term's own name."""
    return (*everyday_words(language).get(version, ()), *_label_phrases(language))


def _label_phrases(language: str) -> Iterator[Phrase]:
    """A label, and its other names in brackets."""
    for code, label in own_labels(language).items():
        names = [name for name in _IN_BRACKETS.findall(label) if not name.startswith(_WITHIN)]
        for text in (_IN_BRACKETS.sub("", label), *names):
            yield Phrase(_as_a_word(text), code, 1)


def _as_a_word(label: str) -> str:
    """A label in the form of a sentence; an abbreviation keeps its capitals."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
