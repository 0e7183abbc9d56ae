"""Everything that can be asked over HTTP, discovered: from the resolver, the router, the filtersets and the pages.

The short suite asks for every address as every role that gets an answer there, and as one of those that are refused; empty
forms, further rows, filters, orderings and links are asked for by one role per address. Which role that is depends on the
address's name alone, so that the work is spread over the roles. Of forms, filters, orderings and links it asks a third;
`SAFETY_SHARE=1` (2) asks for another one. `Reach.long` asks everything as everybody.
"""

import html
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice, product
from typing import Any
from urllib.parse import urlencode
from zlib import crc32

import django_filters
from django.apps import apps
from django.http import HttpResponse
from django.urls import reverse

from accounts.choices import Role
from accounts.rules import UNBLINDED_ROLES
from safety_monitor.api_router import router
from tests.addresses import Address, addresses, variants_of
from tests.house.blind.answers import Asker
from tests.house.blind.cast import ARMS, SEALED_WORDS, Cast
from tests.house.test_permission_matrix import ANONYMOUS, COLUMNS, written
from tests.one_of_everything import Everything

BLINDED = [role for role in COLUMNS if role not in UNBLINDED_ROLES]
"""Every role that must not learn an arm, and whoever has not signed in."""
NOT_ASKED = {
    "admin:logout": "ends the session that asks; its answer is the signed-out page that everybody may read"
}
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
VALUES_IN_SHORT = 1
LINKS_IN_SHORT = 2
PLAIN = " as html"
MALFORMED = '{"'


@dataclass(frozen=True)
class Question:
    """One request. `address` is the discovered one that it belongs to, `name` tells it from its others."""

    address: str
    name: str
    url: str
    method: str = "GET"
    body: str = ""
    content_type: str = FORM
    is_crossed: bool = False
    """A filter in one of the orderings: of the many questions about a list one."""

    def put(self, asker: Asker) -> HttpResponse:
        if self.method == "GET":
            return asker.get(self.url)
        return asker.generic(self.method, self.url, self.body, content_type=self.content_type)


@dataclass(frozen=True)
class Reach:
    """Who asks, and whether in full; `crossed`: also every filter of a list in each of its orderings."""

    role: str
    long: bool = False
    crossed: bool = False

    def asks(self, address: Address) -> bool:
        """Whether this role asks there: always where it is answered, else one of the refused for all."""
        cells = _cells().get(str(address), {})
        if self.long or not cells:
            return True
        if address.name in SAME_FOR_ALL:
            return self.role in (ANONYMOUS, Role.NURSE)
        return not _is_refused(cells, self.role) or self.role == _one_of(str(address), _refused(cells))

    def speaks(self, name: str) -> bool:
        """Whether this role asks further at an address: one of those that are answered there does for all."""
        known = name in _cells()
        return self.long or not known or self.role == _one_of(name, self.answered(name) or BLINDED)

    def answered(self, name: str) -> list[str]:
        """The blinded roles that get an answer at an address."""
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


def _one_of(name: str, roles: list[str]) -> str:
    """The same one each time, another one for each name."""
    return roles[crc32(name.encode()) % len(roles)] if roles else ""


def sampled(asked: Iterable[Question], *, long: bool) -> Iterator[Question]:
    """All, or today's share of them."""
    return (one for one in asked if long or (crc32(one.name.encode()) + SHARE) % SHARES == 0)


def questions(cast: Cast, reach: Reach) -> Iterator[Question]:
    """Everything that is asked as this role, each name once."""
    for address in addresses():
        if address.name in NOT_ASKED or not reach.asks(address):
            continue
        speaks = reach.speaks(str(address))
        for name, url in (
            places_of(address, cast, long=reach.long) if speaks else [plain_place(address, cast)]
        ):
            yield asked_at(address, name, url)
            if speaks:
                yield from sampled(_nonsense(address, name, url), long=reach.long)
    yield from _errors(cast, reach)
    yield from _histories(cast, reach)
    yield from _searches(reach)
    for prefix, viewset, basename in router.registry:
        if reach.follows(f"GET {basename}-list"):
            yield from _list_questions(prefix, viewset, cast, reach)


def places_of(address: Address, cast: Cast, *, long: bool = True) -> Iterator[tuple[str, str]]:
    """Where an address leads: the fixture's own row, its further rows, and each variant that a path can name. In short a
    page's further rows are plain: marking a reader's copy of a PDF takes a second.
    """
    seen = set()
    for suffix, everything in _rows(cast):
        is_plain = suffix and ":" in address.name and not long
        places = [_plain(address, everything)] if is_plain else variants_of(address, everything)
        for variant, url in places:
            if url not in seen:
                seen.add(url)
                yield f"{address}{suffix}{variant}", url


def plain_place(address: Address, cast: Cast) -> tuple[str, str]:
    """The fixture's own row; a report as HTML, which holds what its PDF does and is read in no time."""
    variant, url = _plain(address, cast.everything)
    return f"{address}{variant}", url


def _plain(address: Address, everything: Everything) -> tuple[str, str]:
    places = dict(variants_of(address, everything))
    variant = PLAIN if PLAIN in places else ""
    return variant, places[variant]


def _rows(cast: Cast) -> Iterator[tuple[str, Everything]]:
    yield "", cast.everything
    for label, numbers in cast.extra.items():
        for number in numbers:
            rows = {**cast.everything.rows, label: number}
            yield f" of {label} {number}", replace(cast.everything, rows=rows)


def asked_at(address: Address, name: str, url: str) -> Question:
    """By the method of the address, a page without a form, the API with an empty body."""
    if address.method == "GET":
        return Question(str(address), name, url)
    return Question(str(address), f"{name} empty", url, address.method, "{}", JSON)


def _nonsense(address: Address, name: str, url: str) -> Iterator[Question]:
    """A page asked by an empty form, the API by a body that cannot be read."""
    if address.method != "GET":
        yield Question(str(address), f"{name} malformed", url, address.method, MALFORMED, JSON)
    elif ":" in address.name:
        yield Question(str(address), f"{name} POST", url, "POST")


def _errors(cast: Cast, reach: Reach) -> Iterator[Question]:
    """What is not there, what is not allowed, what cannot be read."""
    yield Question("GET docs", "GET docs ?script=", reverse("docs") + "?script=")
    yield Question("errors", "errors: no such page", "/no-such-page/")
    yield Question("errors", "errors: a row by its number alone", "/trials/participant/1/")
    yield Question("errors", "errors: no such audit entry", "/audit/entry/1/change/")
    for prefix, _viewset, basename in router.registry:
        if not reach.speaks(f"GET {basename}-list"):
            continue
        at = reverse(f"{basename}-list")
        yield Question("errors", f"errors: no such row of {prefix}", f"{at}999999/")
        yield Question("errors", f"errors: no number, {prefix}", f"{at}none/")
        yield Question("errors", f"errors: delete in {prefix}", f"{at}1/", "DELETE")
        yield Question("errors", f"errors: unknown filter of {prefix}", f"{at}?arm={ARMS[0]}")


def _histories(cast: Cast, reach: Reach) -> Iterator[Question]:
    """The history of one row of every table, sealed ones too; in the short suite each table's as one role."""
    if not reach.asks(Address("GET", "admin:row_history")):
        return
    for label, number in cast.everything.rows.items():
        table = apps.get_model(label)._meta.db_table
        if not (reach.long or reach.role == _one_of(table, reach.answered("GET admin:row_history"))):
            continue
        url = reverse("admin:row_history", kwargs={"table": table, "row_id": number})
        yield Question("GET admin:row_history", f"GET admin:row_history of {table}", url)


def _searches(reach: Reach) -> Iterator[Question]:
    if not reach.speaks("GET admin:search"):
        return
    for word in ("01-1", "ache", *(SEALED_WORDS[:2] if not reach.long else SEALED_WORDS), *set(ARMS)):
        url = reverse("admin:search") + "?" + urlencode({"q": word})
        yield Question("GET admin:search", f"GET admin:search for {word}", url)


def _list_questions(prefix: str, viewset: Any, cast: Cast, reach: Reach) -> Iterator[Question]:
    """Every filter and every ordering of a list of the API, one by one; also every filter in every ordering, if crossed."""
    at, address = f"/api/v1/{prefix}/", f"GET {prefix}-list"

    def asked(**parameters: Any) -> Question:
        wanted = urlencode(parameters)
        is_crossed = "ordering" in parameters and "page_size" not in parameters
        return Question(address, f"{address} ?{wanted}", f"{at}?{wanted}", is_crossed=is_crossed)

    filters = list(_filter_values(viewset, cast, at_most=None if reach.long else VALUES_IN_SHORT))
    orders = [sign + name for name in getattr(viewset, "ordering_columns", {}) for sign in ("", "-")]
    plain = [asked(**{name: value}) for name, value in filters]
    plain += [asked(ordering=name, page_size=2) for name in orders]
    yield from sampled([*plain, asked(cursor="none"), asked(page_size="x")], long=reach.long)
    if reach.crossed:
        yield from (
            asked(**{name: value, "ordering": order}) for (name, value), order in product(filters, orders)
        )


def _filter_values(viewset: Any, cast: Cast, *, at_most: int | None) -> Iterator[tuple[str, Any]]:
    filterset = getattr(viewset, "filterset_class", None)
    for name, one in getattr(filterset, "base_filters", {}).items():
        for value in _values(name, one, cast)[:at_most]:
            yield name, value


def _values(name: str, one: django_filters.Filter, cast: Cast) -> list[Any]:
    """A value that a filter takes, one that it refuses, and whatever else it takes."""
    if isinstance(one, django_filters.ChoiceFilter | django_filters.MultipleChoiceFilter):
        first, *others = [value for value, _label in one.field.choices if value]
        return [first, "none", *others]
    if isinstance(one, django_filters.BooleanFilter):
        return ["true", "false"]
    if isinstance(one, django_filters.NumberFilter):
        return [1, "none"]
    if isinstance(one, django_filters.IsoDateTimeFilter | django_filters.DateFilter):
        return ["2020-04-10T00:00:00Z", "none"]
    known = {"trial": cast.everything.trial.code, "participant": cast.people[0].code, "site": "01"}
    return [known.get(name, "x")]


LINK = re.compile(rb'href="(\?[^"]*)"')


def links_of(question: Question, body: bytes, *, long: bool) -> list[Question]:
    """The filters and pages that a list leads to, as the page itself offers them; and a search on it."""
    if question.method != "GET" or "?" in question.url:
        return []
    offered = sorted({html.unescape(link.decode()) for link in LINK.findall(body)})
    found = dict.fromkeys(["?q=01-1", "?p=2", "?e=1", *offered])
    asked = sampled(
        (Question(question.address, f"{question.name} {link}", question.url + link) for link in found),
        long=long,
    )
    return list(islice(asked, None if long else LINKS_IN_SHORT))
