"""The addresses of the term box, and their responses."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.queries import site_codes_for, trial_codes_for
from events.queries.term_search import FoundTerm, SearchScope, language_of, search_terms
from webkit.admin.requests import person_of

SHOWN_AT_MOST = 30
"""Suggestions in the box; further ones need another letter."""


def ask_server(box: Any, version: str, trial_code: str) -> None:
    """Let the box of a form query a dictionary version, ranked for a trial."""
    asked = f"?{urlencode({'version': version, 'trial': trial_code})}"
    box.ask_server(
        reverse("admin:events_ctcaeterm_search") + asked,
        own=_("our label"),
        unfound=reverse("admin:events_ctcaeterm_unfound") + asked,
    )


def suggestions(request: HttpRequest) -> list[dict[str, Any]]:
    """The terms for the text of the request, best first, for the box."""
    found = search_terms(
        version=request.GET.get("version", ""),
        language=language_of(get_language()),
        text=request.GET.get("q", ""),
        limit=SHOWN_AT_MOST,
        scope=asked_scope(request),
    )
    return [_suggestion(one) for one in found]


def asked_scope(request: HttpRequest) -> SearchScope | None:
    """The trial that the request names, with the sites in the account's scope; None outside it."""
    code = request.GET.get("trial", "")
    person = person_of(request)
    if code not in trial_codes_for(person, Action.VIEW_EVENTS):
        return None
    return SearchScope(code, site_codes_for(person, Action.VIEW_EVENTS, trial_code=code))


def _suggestion(found: FoundTerm) -> dict[str, Any]:
    return {
        "value": str(found.term.pk),
        "term": found.term.term,
        "label": found.label,
        "matched": found.matched if found.matched not in (found.term.term, found.term.code) else "",
        "group": found.term.soc,
    }
