"""CTCAE terms, adverse events, notices, and words of the search."""

from events.models.adverse_event_sets import AdverseEventQuerySet
from events.models.adverse_events import AdverseEvent
from events.models.notices import SeriousNotice
from events.models.observations import EventObservation, EventObservationQuerySet
from events.models.sponsor_updates import SponsorUpdate
from events.models.suggestions import SuggestedEvent
from events.models.vocabulary import CtcaeTerm
from events.models.words import SiteWord, UnfoundWord

__all__ = [
    "AdverseEvent",
    "AdverseEventQuerySet",
    "CtcaeTerm",
    "EventObservation",
    "EventObservationQuerySet",
    "SeriousNotice",
    "SiteWord",
    "SponsorUpdate",
    "SuggestedEvent",
    "UnfoundWord",
]
