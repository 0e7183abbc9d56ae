"""The pages of adverse events, haemodynamic checks and findings."""

from events.admin import participant_links, timeline
from events.admin.adverse_events import AdverseEventAdmin
from events.admin.notices import SeriousNoticeAdmin
from events.admin.terms import CtcaeTermAdmin

__all__ = [
    "AdverseEventAdmin",
    "CtcaeTermAdmin",
    "SeriousNoticeAdmin",
    "participant_links",
    "timeline",
]
