"""Requests about a list: filters, orderings and links, from the filtersets and the pages."""

import html
import re
from collections.abc import Iterator
from itertools import islice, product
from typing import Any
from urllib.parse import urlencode

import django_filters

from tests.house.blind.cast import ARMS, SEALED_WORDS, Cast
from tests.house.blind.reaching import Question, Reach, sampled

VALUES_IN_SHORT = 1
LINKS_IN_SHORT = 2


def list_questions(prefix: str, viewset: Any, cast: Cast, reach: Reach) -> Iterator[Question]:
    """Every filter and every ordering of a list of the API, one by one.

    Also every filter in every ordering, if crossed.
    """
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
        first, *others = [value for value, _label in one.field.choices if value]  # type: ignore[attr-defined]
        return [first, "none", *others]
    if isinstance(one, django_filters.BooleanFilter):
        return ["true", "false"]
    if isinstance(one, django_filters.NumberFilter):
        return [1, "none"]
    if isinstance(one, django_filters.IsoDateTimeFilter | django_filters.DateFilter):
        return ["2020-04-10T00:00:00Z", "none"]
    known = {"trial": cast.everything.trial.code, "participant": cast.people[0].code, "site": "01"}
    return [known.get(name, "x"), SEALED_WORDS[0], ARMS[0]]


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
