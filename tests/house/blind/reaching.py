"""The questions of each role: one question, the scope of a role, and the share of the rest."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from zlib import crc32

from django.http import HttpResponse

from accounts.choices import Role
from accounts.rules import UNBLINDED_ROLES
from tests.addresses import Address
from tests.house.blind.answers import Asker
from tests.house.blind.draws import SHORT
from tests.house.test_permission_matrix import ANONYMOUS, COLUMNS, written

BLINDED = [role for role in COLUMNS if role not in UNBLINDED_ROLES]
"""Every role that must not learn an arm, and the anonymous visitor."""
SAME_FOR_ALL = {
    "schema": "one document, made from the code alone and slow to make",
    "docs": "a page without rows",
    "healthz": "asks services, and waits for a worker that is not there",
    "admin:jsi18n": "a catalogue of texts",
}
"""Addresses that the short suite asks as one role and as nobody."""
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
REFUSALS = frozenset({"302", "401", "403", "404", "405"})
"""Answers without a page; one role asks for all of those that get one."""
SHARES = 3
SHARE = int(os.environ.get("SAFETY_SHARE") or 0) % SHARES
"""Which third of what is sampled the short suite asks for: only a change of the code makes it red, not the date."""


@dataclass(frozen=True)
class Question:
    """One request.

    `address` is the discovered one that it belongs to, `name` distinguishes it from the others.
    """

    address: str
    name: str
    url: str
    method: str = "GET"
    body: str = ""
    content_type: str = FORM
    is_crossed: bool = False
    """A filter in one of the orderings: of the many questions about a list one."""
    is_sampled: bool = False
    """One of many of its kind, of which the short run asks a share."""

    def put(self, asker: Asker) -> HttpResponse:
        return asker.answer(self.method, self.url, self.body, content_type=self.content_type)


@dataclass(frozen=True)
class Reach:
    """The role of the requests, and whether in full.

    `crossed`: also every filter of a list in each of its orderings.
    """

    role: str
    long: bool = False
    crossed: bool = False

    def asks(self, address: Address) -> bool:
        """Whether this role requests the address: always where it gets a response, else one of the refused for all."""
        cells = _cells().get(str(address), {})
        if self.long or not cells:
            return True
        if address.name in SAME_FOR_ALL:
            return self.role in (ANONYMOUS, Role.NURSE)
        return not _is_refused(cells, self.role) or self.role == one_of(str(address), _refused(cells))

    def speaks(self, name: str) -> bool:
        """Whether this role asks further at an address: one of those that are answered there does for all."""
        known = name in _cells()
        return self.long or not known or self.role == one_of(name, self.answered(name) or BLINDED)

    def compares(self, question: "Question", place: int) -> bool:
        """Whether a question is put in the state at that place.

        The short run puts in all what the one of an address asks who speaks there, but for what is sampled: that in the
        first two, between which nearly everybody changes the arm; what the others ask, in the first state and in one
        more.
        """
        if self.long or place == 0:
            return True
        if self.speaks(question.address):
            return place == 1 or not question.is_sampled
        return crc32(question.name.encode()) % (SHORT - 1) == place - 1

    def answered(self, name: str) -> list[str]:
        """The blinded roles that get a response at an address."""
        cells = _cells().get(name, {})
        return [role for role in BLINDED if cells and not _is_refused(cells, role)]

    def follows(self, name: str) -> bool:
        """Whether this role follows the filters and links of a list that it sees."""
        return _cells().get(name, {}).get(self.role) == "200" and self.speaks(name)


@cache
def _cells() -> Mapping[str, Mapping[str, str]]:
    """The permission matrix as it is written down: status by address and role."""
    return {name: dict(zip(COLUMNS, statuses, strict=True)) for name, statuses in written().items()}


def _is_refused(cells: Mapping[str, str], role: str) -> bool:
    return cells[role] in REFUSALS


def _refused(cells: Mapping[str, str]) -> list[str]:
    return [role for role in BLINDED if _is_refused(cells, role)]


def one_of(name: str, roles: list[str]) -> str:
    """The same role each time, another one for each name."""
    return roles[crc32(name.encode()) % len(roles)] if roles else ""


def sampled(asked: Iterable[Question], *, long: bool) -> Iterator[Question]:
    """All, or its share of them."""
    for one in asked:
        if long or (crc32(one.name.encode()) + SHARE) % SHARES == 0:
            yield replace(one, is_sampled=True)
