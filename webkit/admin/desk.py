"""Lines of the first page and entries of the navigation that other apps know: each registers its own."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from accounts.choices import Action
from accounts.models import User

Wording = str | Promise


@dataclass(frozen=True)
class DeskLine:
    """One thing to do: since when, about whom, and the button that leads there. `at` orders the lines, oldest first."""

    at: datetime
    title: Wording
    when: Wording = ""
    detail: Wording = ""
    participant: str = ""
    participant_url: str = ""
    action_label: Wording = ""
    action_url: str = ""
    is_overdue: bool = False


@dataclass(frozen=True)
class DeskPlace:
    """The trial and the codes of the sites (None: all) that a first page is about, and its moment."""

    trial: Any
    sites: frozenset[str] | None
    at: datetime


LinesOf = Callable[[User, DeskPlace], Iterable[DeskLine]]
_sources: list[LinesOf] = []


def desk_source(function: LinesOf) -> LinesOf:
    """Register a function that returns what a person has to do at a place; it leaves out what the person may not see."""
    _sources.append(function)
    return function


def desk_lines(user: User, place: DeskPlace) -> list[DeskLine]:
    """Every registered line for this person."""
    return [line for function in _sources for line in function(user, place)]


@dataclass(frozen=True)
class NavigationEntry:
    """An entry of the navigation: its name, the page, and the action of the permission table that opens it."""

    label: Wording
    hint: Wording
    url_name: str
    action: Action


_entries: list[NavigationEntry] = []


def navigation_entry(entry: NavigationEntry) -> NavigationEntry:
    """Register an entry of the navigation."""
    _entries.append(entry)
    return entry


def navigation_entries() -> list[NavigationEntry]:
    """The registered entries, in the order of their registration."""
    return list(_entries)
