"""The search for a term over HTTP: input and output."""

from typing import Any

from rest_framework import serializers

from accounts.choices import Action
from accounts.models import User
from accounts.queries import site_codes_for, trial_codes_for
from events.choices import WordLanguage
from events.queries.term_search import LONGEST_TEXT, SearchScope, search_terms
from events.queries.word_tables import DICTIONARIES
from webkit.api.shapes import StrictSerializer

MOST_TERMS = 50


class TermQuestion(StrictSerializer):
    """The typed text, its language, and the dictionary."""

    search = serializers.CharField(max_length=LONGEST_TEXT, help_text="Everyday words, a term, or a code.")
    language = serializers.ChoiceField(choices=WordLanguage.choices, default=WordLanguage.ENGLISH)
    dictionary = serializers.ChoiceField(choices=sorted(DICTIONARIES))
    limit = serializers.IntegerField(min_value=1, max_value=MOST_TERMS, default=5)
    trial = serializers.CharField(
        required=False, help_text="Adds the trial's own words; its most frequent terms come first."
    )


class TermShape(serializers.Serializer[Any]):
    """A matching term, and the matching phrase."""

    code = serializers.CharField(source="term.code")
    term = serializers.CharField(source="term.term")
    matched = serializers.CharField()
    label = serializers.CharField(help_text="Our own label of the term in the language; not NCI's.")  # type: ignore[assignment]


def found_terms(
    user: User, *, search: str, language: str, dictionary: str, limit: int, trial: str = ""
) -> list[Any]:
    """The matching terms; a trial outside the account's scope has no effect."""
    scope = None
    if trial in trial_codes_for(user, Action.VIEW_EVENTS):
        scope = SearchScope(trial, site_codes_for(user, Action.VIEW_EVENTS, trial_code=trial))
    version = DICTIONARIES[dictionary]
    return search_terms(version=version, language=language, text=search, limit=limit, scope=scope)
