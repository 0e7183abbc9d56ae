"""A participant's course on one page, made of lines from several apps: each app registers a source."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.functional import Promise

from accounts.models import User
from webkit.admin.display import clock, day, study_date, study_day_label

Text = str | Promise


@dataclass(frozen=True)
class TimelineEntry:
    """One line: when, what, in which state, and where to read on. `at` orders the lines."""

    at: datetime
    when: Text
    what: Text
    detail: Text = ""
    state_code: str = ""
    state_word: Text = ""
    url: str = ""
    day: str = ""


Source = Callable[[Any, User], Iterable[TimelineEntry]]
_sources: list[Source] = []


def source(function: Source) -> Source:
    """Register a function that returns lines of a participant's course."""
    _sources.append(function)
    return function


def timeline_of(participant: Any, user: User) -> list[TimelineEntry]:
    """All lines, the latest first; each source leaves out what this account may not see."""
    entries = [entry for function in _sources for entry in function(participant, user)]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def day_of(day0: date | None, at: datetime) -> str:
    """The study day of a time, empty before randomisation is recorded."""
    return study_day_label(day0, study_date(at))


def day_within(day0: date | None, earliest: datetime | None, latest: datetime | None) -> str:
    """The study day of a partly known date: empty without a date, or when several days are possible."""
    if earliest is None or latest is None:
        return ""
    first = day_of(day0, earliest)
    return first if first == day_of(day0, latest) else ""


def when_of(at: datetime, *, to_the_minute: bool = True) -> str:
    """The day, and the time when it is known."""
    return f"{day(at)} {clock(at)}" if to_the_minute else day(at)
