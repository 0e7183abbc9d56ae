"""Designed differences between two responses, which are levelled before the comparison; nothing else is.

Each entry says why the value may differ, where it is, and its exact form: a value of another shape or length in the
same place is not levelled and is a difference.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import Any

from tests.house.blind.answers import Answer


@dataclass(frozen=True)
class Normalisation:
    """`channel` is the only one it touches.

    `pattern` matches the value and its fixed surroundings, of which those before it are the first group and stay: a
    search for fixed text is ten times as fast as one that looks back at every place.
    """

    name: str
    why: str
    channel: str
    pattern: re.Pattern[bytes] | re.Pattern[str]

    def level(self, value: Any) -> Any:
        """The value with every match replaced by the entry's name."""
        pattern: re.Pattern[Any] = self.pattern
        if isinstance(value, bytes):
            return pattern.sub(rf"\1<{self.name}>".encode(), value)
        if isinstance(value, str):
            return pattern.sub(rf"\1<{self.name}>", value)
        return tuple(self.level(part) for part in value)


NORMALISATIONS = (
    Normalisation(
        "csrf token of a form",
        "masked anew for every page with random bytes, 64 characters always",
        "body",
        re.compile(rb'(name="csrfmiddlewaretoken" value=")[A-Za-z0-9]{64}(?=")'),
    ),
    Normalisation(
        "csrf token of a script",
        "the API's documentation hands the same masked token to its script, 64 characters always",
        "body",
        re.compile(rb'(\["X-CSRFTOKEN"\] = ")[A-Za-z0-9]{64}(?=")'),
    ),
    Normalisation(
        "csrf cookie",
        "a secret drawn for every visitor, 32 characters always",
        "headers",
        re.compile(r"(csrftoken=)[A-Za-z0-9]{32}(?=; |$)"),
    ),
    Normalisation(
        "session cookie",
        "a key drawn for every session, 32 characters always",
        "headers",
        re.compile(r"(sessionid=)[a-z0-9]{32}(?=; |$)"),
    ),
    Normalisation(
        "request id",
        "a random UUID for every request",
        "headers",
        re.compile(r"^()[0-9a-f]{32}$"),
    ),
    Normalisation(
        "savepoint",
        "Django names savepoints by the thread and a counter of the process",
        "queries",
        re.compile(r'(SAVEPOINT ")s\d+_x\d+(?=")'),
    ),
    Normalisation(
        "findings judged anew",
        "one statement in every state writes all findings of a participant that are judged anew; how many stand in it is "
        "sealed, and part of no answer",
        "queries",
        re.compile(r'^(UPDATE "immunology_dsafinding" SET ).*', re.S),
    ),
    Normalisation(
        "duration of a task",
        "Celery's own line says how many seconds the task took",
        "log",
        re.compile(r"( succeeded in )\d[\d.e-]*(?=s: )"),
    ),
)

Levelled = dict[str, Any]


def levelled(answer: Answer, entries: tuple[Normalisation, ...] = NORMALISATIONS) -> Levelled:
    """The channels of an answer with what differs by design taken out."""
    channels = answer.channels()
    return {name: reduce(_applied, _of(entries, name), value) for name, value in channels.items()}


def _of(entries: tuple[Normalisation, ...], channel: str) -> list[Callable[[Any], Any]]:
    return [entry.level for entry in entries if entry.channel == channel]


def _applied(value: Any, level: Callable[[Any], Any]) -> Any:
    return level(value)
