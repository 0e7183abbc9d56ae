"""Parts that higher apps add to the pages of participants and infusions: links, warnings, pages of their own.

Each app registers its part when its pages are loaded, as for the participant's course.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import URLPattern
from django.utils.functional import Promise

from trials.models import Infusion, Participant
from webkit.admin.base import RoleScopedAdmin

Words = str | Promise


@dataclass(frozen=True)
class PageLink:
    """A button of the page.

    `style` is a class of the stylesheet: `button-primary`, `button-emergency` or none.

    `order` sorts the buttons: recording first, emergencies last.
    """

    label: Words
    url: str
    style: str = ""
    order: int = 50


ParticipantLink = Callable[[RoleScopedAdmin, HttpRequest, Participant], PageLink | None]
ParticipantWarning = Callable[[RoleScopedAdmin, HttpRequest, Participant], Words]
ParticipantPages = Callable[[RoleScopedAdmin], list[URLPattern]]
InfusionLink = Callable[[Infusion], str]

_links: list[ParticipantLink] = []
_warnings: list[ParticipantWarning] = []
_pages: list[ParticipantPages] = []
_window_pages: list[InfusionLink] = []


def participant_link(function: ParticipantLink) -> ParticipantLink:
    """Register a function that returns a button of the participant's page, or None where there is none."""
    _links.append(function)
    return function


def participant_warning(function: ParticipantWarning) -> ParticipantWarning:
    """Register a function that returns a warning for the participant's page; empty where there is none."""
    _warnings.append(function)
    return function


def participant_pages(function: ParticipantPages) -> ParticipantPages:
    """Register a function that returns addresses below the pages of participants."""
    _pages.append(function)
    return function


def infusion_window_page(function: InfusionLink) -> InfusionLink:
    """Register the function that returns the address of the page about the hours after an infusion."""
    _window_pages.append(function)
    return function


def links_of(page: RoleScopedAdmin, request: HttpRequest, participant: Participant) -> list[PageLink]:
    """The buttons of a participant's page for this person, in order."""
    found = [link for function in _links if (link := function(page, request, participant))]
    return sorted(found, key=lambda link: link.order)


def warnings_of(page: RoleScopedAdmin, request: HttpRequest, participant: Participant) -> list[Words]:
    """The warnings under a participant's code for this person."""
    return [words for function in _warnings if (words := function(page, request, participant))]


def pages_of(page: RoleScopedAdmin) -> list[URLPattern]:
    """The addresses that higher apps add below the pages of participants."""
    return [pattern for function in _pages for pattern in function(page)]


def window_page_of(infusion: Infusion) -> str:
    """The address of the page about the hours after this infusion; empty before its start."""
    if infusion.started_at is None:
        return ""
    return next((function(infusion) for function in _window_pages), "")
