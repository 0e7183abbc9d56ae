"""CTCAE terms, adverse events, notices, and words of the search."""

from events.models.adverse_event_sets import AdverseEventQuerySet
from events.models.adverse_events import AdverseEvent
from events.models.notices import SeriousNotice
from events.models.vocabulary import CtcaeTerm
from events.models.words import SiteWord, UnfoundWord

__all__ = [
    "AdverseEvent",
    "AdverseEventQuerySet",
    "CtcaeTerm",
    "SeriousNotice",
    "SiteWord",
    "UnfoundWord",
]
