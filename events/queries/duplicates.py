"""Events of a participant that a further one is likely to repeat."""

from functools import lru_cache

from events.choices import WordLanguage
from events.models import AdverseEvent
from events.queries.term_search import suggest_terms
from events.queries.word_tables import VOCABULARIES
from events.rules.adverse_events.rows import event_facts
from events.rules.duplicates import EventTraits, are_likely_one, traits_of
from events.rules.term_search import is_certain


def likely_duplicates(event: AdverseEvent) -> list[AdverseEvent]:
    """The events of the same participant, not void, that this one is likely to repeat, by number (one query).

    An event after which it is recorded to return is not one of them. The event may be unsaved.
    """
    others = AdverseEvent.objects.standing().filter(participant=event.participant_id).exclude(pk=event.pk)
    own = _traits(event)
    found = []
    for other in others.exclude(pk=event.reopens_id or 0).select_related("ctcae_term").order_by("number"):
        other.participant = event.participant
        if are_likely_one(own, _traits(other)):
            found.append(other)
    return found


def _traits(event: AdverseEvent) -> EventTraits:
    return traits_of(
        event.number or 0,
        event_facts(event, event.zone),
        frozenset() if event.ctcae_term else codes_meant(event.reported_term),
    )


@lru_cache(maxsize=2000)
def codes_meant(words: str) -> frozenset[str]:
    """The codes of the terms that everyday words surely mean, in either language and every version (no query)."""
    return frozenset(
        found.code
        for version in VOCABULARIES
        for language in WordLanguage.values
        for found in suggest_terms(version=version, language=language, text=words, limit=3)
        if is_certain(found)
    )
