"""Further requests: successful writes, other methods, links and buttons of pages, accounts of two roles, other times."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from itertools import combinations
from random import Random
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit
from zlib import crc32

from django.urls import Resolver404, resolve

from tests.addresses import Address, addresses
from tests.house.blind.asking import NOT_ASKED, places_of, plain_place
from tests.house.blind.cast import SEALED_WORDS, Cast
from tests.house.blind.comparing import Answers
from tests.house.blind.reaching import BLINDED, SHARE, Question, Reach, one_of, sampled
from tests.house.blind.writing import ApiWrite, PageWrite, Story
from tests.house.test_permission_matrix import ANONYMOUS

BUTTONS_IN_LONG = 3
NOT_WRITTEN = {
    "admin:product_unblinding_arm": "shows the arm to whoever opened it, which is what it is for",
}
FILES = ("document", "letter", "sealed_file", "export")
"""Pages that return a file; they have no form."""
GUESS = " with a guess"
"""In the name of a question that says a sealed value of the first state by itself: its answer may repeat it."""
GUESSED = dict.fromkeys(("code", "kit_number", "mfi", "specificity", "text", "what_happened"), SEALED_WORDS)
BACK = "back"
"""Says which page to return to; of itself it makes no page another one."""
MOMENTS = {
    "day 1": datetime(2020, 4, 13, 10, 30, tzinfo=UTC),
    "day 28": datetime(2020, 5, 11, 10, 30, tzinfo=UTC),
    "after the end": datetime(2020, 11, 2, 10, 30, tzinfo=UTC),
}
"""Counted from the last enrolment; `NOW` is its day 14."""
PAIRS = [f"{one} and {other}" for one, other in combinations([r for r in BLINDED if r != ANONYMOUS], 2)]
"""People who hold two blinded roles."""


def writes(cast: Cast, reach: Reach, told: Answers | None = None) -> Iterator[Story]:
    """Every form and every resource, written to in full.

    In the short run by one role each, and by a form's first button. `told`: what the role was told in this state, pages
    among it.
    """
    pages = {question.url: answer for question, answer in (told or {}).values() if question.method == "GET"}
    for address in addresses():
        if (
            address.name in {*NOT_ASKED, *NOT_WRITTEN}
            or address.name.endswith(FILES)
            or not reach.speaks(str(address))
        ):
            continue
        for name, url in places_of(address, cast, long=reach.long):
            if address.method != "GET":
                yield ApiWrite(address, name, url, cast)
            elif ":" in address.name:
                for button in range(BUTTONS_IN_LONG if reach.long else 1):
                    yield PageWrite(str(address), f"{name} by {button}", url, button, pages=pages)
                if reach.long or (name == str(address) and crc32(name.encode()) % 3 == SHARE):
                    guess: dict[str, Any] = {"chance": Random(name), "drawn": GUESSED, "pages": pages}
                    yield PageWrite(str(address), f"{name}{GUESS}", url, **guess)


def other_methods(cast: Cast, reach: Reach) -> Iterator[Question]:
    """OPTIONS of everything, HEAD of whatever answers to GET; the short run asks a share of them."""
    paths: set[str] = set()
    for address in addresses():
        name, url = plain_place(address, cast)
        if address.name in NOT_ASKED or url in paths or not reach.speaks(str(address)):
            continue
        paths.add(url)
        is_page = ":" in address.name
        options = Question(str(address), f"{name} by OPTIONS", url, "OPTIONS")
        yield from sampled([options], long=reach.long or not is_page)
        if address.method == "GET":
            yield from sampled([Question(str(address), f"{name} by HEAD", url, "HEAD")], long=reach.long)


LINK = re.compile(rb'(?:href|formaction|action|data-url)="([^"#]+)')
Key = tuple[str, tuple[str, ...]] | None


def links(told: Answers, reach: Reach) -> list[Question]:
    """The links of the received pages: one of each view and parameter set in short, all in the long run."""
    asked = {question.url if reach.long else _key(question.url) for question, _answer in told.values()}
    found: dict[Key | str, Question] = {}
    for question, answer in told.values():
        if answer.status != 200 or not dict(answer.headers).get("Content-Type", "").startswith("text/html"):
            continue
        for written in LINK.findall(answer.body):
            url = urljoin(question.url, unescape(written.decode()))
            key = _key(url)
            seen = url if reach.long else key
            if key and seen not in asked and key[0] not in NOT_ASKED:
                name = f"GET {key[0]} by a link of {question.name}: {url}"
                found.setdefault(seen, Question(f"GET {key[0]}", name, url))
    return list(found.values())


def _key(url: str) -> Key:
    """The view that a link leads to and the names of its parameters; nothing for other sites and files."""
    parts = urlsplit(url)
    if parts.scheme or parts.netloc:
        return None
    try:
        view = resolve(parts.path).view_name
    except Resolver404:
        return None
    return view, tuple(sorted({name for name, _value in parse_qsl(parts.query)} - {BACK}))


def once_each(cast: Cast, who: str, everybody: list[str], third: int | None = None) -> Iterator[Question]:
    """The first page, and the addresses that fall to this role among all that get a response there.

    If a third is named, only that third of them.
    """
    for address in addresses():
        is_first = address.name == "admin:index"
        is_left_out = third is not None and crc32(address.name.encode()) % 3 != third
        if address.method != "GET" or address.name in NOT_ASKED or (is_left_out and not is_first):
            continue
        if is_first or who == _asker_of(address, everybody):
            yield Question(str(address), *plain_place(address, cast))


def _asker_of(address: Address, everybody: list[str]) -> str:
    """Somebody who is answered there, the same each time."""
    answered = Reach(BLINDED[0]).answered(str(address)) or BLINDED
    fitting = [who for who in everybody if set(who.split(" and ")) & set(answered)]
    return one_of(str(address), fitting or everybody)
