"""Every possible request over HTTP, discovered from the resolver, the router, the filtersets and the pages.

The short suite requests every address as every role that gets a response there, and as one of those that are refused;
empty forms, further rows, filters, orderings and links are requested by one role per address. That role depends on the
address's name only, so that the work is spread over the roles. Of forms, filters, orderings and links it requests a
third; `SAFETY_SHARE=1` (2) selects another one. `Reach.long` requests everything as every role.
"""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlencode

from django.apps import apps
from django.urls import reverse

from safety_monitor.api_router import router
from tests.addresses import Address, addresses, variants_of
from tests.full_fixture import Everything
from tests.house.blind.cast import ARMS, SEALED_WORDS, Cast
from tests.house.blind.lists import list_questions
from tests.house.blind.reaching import JSON, Question, Reach, one_of, sampled

NOT_ASKED = {
    "admin:logout": "ends the session that asks; its answer is the signed-out page that everybody may read"
}
PLAIN = " as html"
MALFORMED = '{"'


def questions(cast: Cast, reach: Reach) -> Iterator[Question]:
    """Every request of this role, each name once."""
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
            yield from list_questions(prefix, viewset, cast, reach)


def places_of(address: Address, cast: Cast, *, long: bool = True) -> Iterator[tuple[str, str]]:
    """The targets of an address: the fixture's own row, its further rows, and each variant of the path.

    In the short suite a page's further rows are plain: marking a reader's copy of a PDF takes a second.
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
    """The fixture's own row; a report as HTML, which has the content of its PDF and is fast to read."""
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
    """A page with an empty form, the API with a body that cannot be parsed."""
    if address.method != "GET":
        yield Question(str(address), f"{name} malformed", url, address.method, MALFORMED, JSON)
    elif ":" in address.name:
        yield Question(str(address), f"{name} POST", url, "POST")


def _errors(cast: Cast, reach: Reach) -> Iterator[Question]:
    """Requests for missing pages, forbidden pages, and with unreadable content."""
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
        if not (reach.long or reach.role == one_of(table, reach.answered("GET admin:row_history"))):
            continue
        url = reverse("admin:row_history", kwargs={"table": table, "row_id": number})
        yield Question("GET admin:row_history", f"GET admin:row_history of {table}", url)


def _searches(reach: Reach) -> Iterator[Question]:
    if not reach.speaks("GET admin:search"):
        return
    for word in ("01-1", "ache", *(SEALED_WORDS[:2] if not reach.long else SEALED_WORDS), *set(ARMS)):
        url = reverse("admin:search") + "?" + urlencode({"q": word})
        yield Question("GET admin:search", f"GET admin:search for {word}", url)
