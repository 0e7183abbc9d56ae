"""What higher apps add to the page of any record: buttons, and notes on the record or at one of its fields.

Each app registers its part when its pages are loaded, as it does for the participant's course.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise

Words = str | Promise


@dataclass(frozen=True)
class RecordNote:
    """A note on a record. `field` is the name of the field that it is about, empty for the record as a whole."""

    field: str
    label: Words
    text: Words
    state_code: str
    state_word: Words
    said: Words = ""
    detail: Words = ""
    action_label: Words = ""
    action_url: str = ""


@dataclass(frozen=True)
class RecordLink:
    """A button of the page."""

    label: Words
    url: str


NotesOf = Callable[[Any, HttpRequest, Any], Iterable[RecordNote]]
LinksOf = Callable[[Any, HttpRequest, Any], Iterable[RecordLink]]
_notes: list[NotesOf] = []
_links: list[LinksOf] = []


def record_note(function: NotesOf) -> NotesOf:
    """Register a function of page, request and record that returns notes for this person."""
    _notes.append(function)
    return function


def record_link(function: LinksOf) -> LinksOf:
    """Register a function of page, request and record that returns buttons for this person."""
    _links.append(function)
    return function


def notes_on(page: Any, request: HttpRequest, record: Any) -> list[RecordNote]:
    """Every note on a saved record for this person."""
    return [note for function in _notes for note in function(page, request, record)]


def links_on(page: Any, request: HttpRequest, record: Any) -> list[RecordLink]:
    """Every button on a saved record for this person."""
    return [link for function in _links for link in function(page, request, record)]
