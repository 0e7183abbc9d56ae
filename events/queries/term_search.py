"""The search for terms: the same for the form, the dictionary's page, the API and the command."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Count

from events.choices import WordLanguage
from events.models import AdverseEvent, CtcaeTerm, SiteWord
from events.queries.word_tables import VOCABULARIES, own_labels, shipped_phrases, shipped_terms
from events.rules.term_search import (
    Phrase,
    Suggestion,
    TermIndex,
    find_terms,
    index_of,
    is_certain,
    with_foreign,
)

RECENT_EVENTS = 2000
"""The ranking uses the trial's newest events only, so that a trial with a million of them is as fast."""

INDEXES_KEPT = 16
LONGEST_TEXT = 200
"""Characters of the typed text that are searched; a longer text is no name of an event."""


@dataclass(frozen=True)
class SearchScope:
    """The scope of a search: a trial, and the sites in the account's scope (None: all)."""

    trial_code: str
    site_codes: frozenset[str] | None


@dataclass(frozen=True)
class FoundTerm:
    """A matching term: the matching phrase, and our own label of the term in the language of the search."""

    term: CtcaeTerm
    matched: str
    label: str


def language_of(code: str | None) -> str:
    """The language of the tables for a language code such as `fr` or `en-gb`; English for every other."""
    short = (code or "").split("-")[0].lower()
    return short if short in WordLanguage.values else WordLanguage.ENGLISH


def search_terms(
    *, version: str, language: str, text: str, limit: int, scope: SearchScope | None = None
) -> list[FoundTerm]:
    """The terms that match the typed text, best first (one query; within a scope three).

    With a scope its trial's own words are searched too, and within a rank the terms that it records most often come
    first, counted at the sites in scope. Unknown version: nothing.
    """
    found = suggest_terms(version=version, language=language, text=text, limit=limit, scope=scope)
    codes = [suggestion.code for suggestion in found]
    rows = {row.code: row for row in CtcaeTerm.objects.filter(ctcae_version=version, code__in=codes)}
    labels = own_labels(language)
    return [
        FoundTerm(rows[one.code], one.matched, labels.get(one.code, "")) for one in found if one.code in rows
    ]


def suggest_terms(
    *, version: str, language: str, text: str, limit: int, scope: SearchScope | None = None
) -> tuple[Suggestion, ...]:
    """As `search_terms`, by codes only (no query; within a scope two)."""
    if version not in VOCABULARIES:
        return ()
    counts = recorded_counts(scope) if scope else {}
    own, foreign = _indexes(version, language, scope)
    found = find_terms(text[:LONGEST_TEXT], own, limit=limit, counts=counts)
    if any(is_certain(one) for one in found):
        return found
    return with_foreign(
        found, find_terms(text[:LONGEST_TEXT], foreign, limit=limit, counts=counts), limit=limit
    )


def recorded_counts(scope: SearchScope) -> Mapping[str, int]:
    """How often each term, by its code, is among the trial's newest events at the sites in scope (one query)."""
    events = AdverseEvent.objects.recorded().filter(trial__code=scope.trial_code, ctcae_term__isnull=False)
    newest = events.at_sites(scope.site_codes).order_by("-pk").values("pk")[:RECENT_EVENTS]
    counted = (
        AdverseEvent.objects.filter(pk__in=newest)
        .order_by()
        .values_list("ctcae_term__code")
        .annotate(times=Count("pk"))
    )
    return dict(counted)


def _indexes(version: str, language: str, scope: SearchScope | None) -> list[TermIndex]:
    """The index of the language of the search, then that of the other one."""
    others = [each for each in WordLanguage.values if each != language]
    site_words = _site_words(version, scope) if scope else {}
    return [index_for(version, each, site_words.get(each, ())) for each in (language, *others)]


def _site_words(version: str, scope: SearchScope) -> Mapping[str, tuple[Phrase, ...]]:
    """The trial's own words by language (one query)."""
    rows = (
        SiteWord.objects.standing()
        .filter(trial__code=scope.trial_code, term__ctcae_version=version)
        .order_by("language", "word")
        .values_list("language", "word", "term__code")
    )
    words: dict[str, list[Phrase]] = {}
    for language, word, code in rows:
        words.setdefault(language, []).append(Phrase(word, code, 1))
    return {language: tuple(listed) for language, listed in words.items()}


@lru_cache(maxsize=INDEXES_KEPT)
def index_for(version: str, language: str, site_words: tuple[Phrase, ...] = ()) -> TermIndex:
    """The index of a version in a language, with a trial's own words."""
    return index_of(shipped_terms(version), (*site_words, *shipped_phrases(version, language)))
