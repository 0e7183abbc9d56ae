"""The pages of adverse events and their dictionary."""

from events.admin import participant_links, timeline
from events.admin.adverse_events import AdverseEventAdmin
from events.admin.notices import SeriousNoticeAdmin
from events.admin.observations import EventObservationAdmin
from events.admin.suggestions import SuggestedEventAdmin
from events.admin.terms import CtcaeTermAdmin
from events.admin.words import SiteWordAdmin, UnfoundWordAdmin

__all__ = [
    "AdverseEventAdmin",
    "CtcaeTermAdmin",
    "EventObservationAdmin",
    "SeriousNoticeAdmin",
    "SiteWordAdmin",
    "SuggestedEventAdmin",
    "UnfoundWordAdmin",
    "participant_links",
    "timeline",
]
