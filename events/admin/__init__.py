"""The pages of adverse events, haemodynamic checks and findings."""

from events.admin import timeline
from events.admin.adverse_events import AdverseEventAdmin
from events.admin.findings import HaemodynamicFindingAdmin
from events.admin.notices import SeriousNoticeAdmin
from events.admin.readings import HaemodynamicReadingAdmin
from events.admin.terms import CtcaeTermAdmin
from events.admin.words import SiteWordAdmin, UnfoundWordAdmin

__all__ = [
    "AdverseEventAdmin",
    "CtcaeTermAdmin",
    "HaemodynamicFindingAdmin",
    "HaemodynamicReadingAdmin",
    "SeriousNoticeAdmin",
    "SiteWordAdmin",
    "UnfoundWordAdmin",
    "timeline",
]
