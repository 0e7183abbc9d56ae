"""Where a person can go, from where they start, and what surrounds every page."""

from worklist.pages.navigation.destinations import DESTINATIONS, Destination
from worklist.pages.navigation.first_pages import DESK_ROLES, FIRST_PAGES, first_page_of, has_worklist
from worklist.pages.navigation.page_frames import APPEARANCE_COOKIE, APPEARANCES, IDLE_SECONDS, Frame, frame
from worklist.pages.navigation.workplaces import TrialZoneMiddleware, workplace_trial, workplace_zone

__all__ = [
    "APPEARANCES",
    "APPEARANCE_COOKIE",
    "DESK_ROLES",
    "DESTINATIONS",
    "FIRST_PAGES",
    "IDLE_SECONDS",
    "Destination",
    "Frame",
    "TrialZoneMiddleware",
    "first_page_of",
    "frame",
    "has_worklist",
    "workplace_trial",
    "workplace_zone",
]
