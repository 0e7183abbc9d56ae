"""Responses to a successful write: the response, its headers, and the next page with its messages.

Pages are written as by a browser: fetch the page, fill in its form (`forms.py`), send it, follow the redirect. The
API's bodies are made from its own schema. So a new page or resource is written to from the start; one to which no write
succeeds fails a test (`test_reach.py`) until its values are added here.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import Any, ClassVar
from urllib.parse import urlencode, urljoin

from django.http import HttpResponse
from drf_spectacular.generators import SchemaGenerator

from tests.addresses import Address
from tests.house.blind.answers import Answer, Asker, heard
from tests.house.blind.asked_for import ALSO_SENT, ASKED_FOR, NEVER_CHOSEN
from tests.house.blind.cast import Cast
from tests.house.blind.forms import Form, filled, forms_of
from tests.house.blind.reaching import FORM, JSON, Question

OF_THE_FRAME = ("/logout/", "/appearance/", "/i18n/", "/language/")
"""Forms that are on every page."""


class Story:
    """Several requests in a row, within one savepoint: each response is compared separately.

    `succeeded`: the responses to a write that was not refused.
    """

    succeeded: ClassVar[frozenset[int]]

    def told(self, asker: Asker) -> Iterator[tuple[Question, Answer]]:
        raise NotImplementedError


@dataclass(frozen=True)
class PageWrite(Story):
    """A page's own form, sent by one of its buttons.

    `drawn`: what its fields take instead, of which a choice is made by chance; of other choices the first is taken.
    """

    address: str
    name: str
    url: str
    button: int = 0
    chance: Random | None = None
    drawn: Mapping[str, Sequence[str]] = field(default_factory=dict)
    pages: Mapping[str, Answer] = field(default_factory=dict)
    """What is known already of pages in this state, by address: they need not be fetched again."""
    succeeded = frozenset({302})

    def told(self, asker: Asker) -> Iterator[tuple[Question, Answer]]:
        visitor = Asker({name: morsel.value for name, morsel in asker.cookies.items()})
        forms = own_forms(self.pages.get(self.url) or visitor.answer("GET", self.url))
        if not forms or self.button >= len(forms[0].buttons):
            return
        sent = self._sent(forms[0])
        answer = heard(lambda: sent.put(visitor))
        yield sent, answer
        leads_to = dict(answer.headers).get("Location", "")
        if leads_to:
            after = Question(self.address, f"{self.name} and what follows", urljoin(self.url, leads_to))
            yield after, heard(lambda: after.put(visitor))

    def _sent(self, form: Form) -> Question:
        name, value, elsewhere = form.buttons[self.button]
        typed = {
            key: self.chance.choice(values) for key, values in self.drawn.items() if values and self.chance
        }
        values = filled(form, {**ASKED_FOR, **typed}, self._choose)
        values |= {name: [value]} if name else {}
        url = urljoin(self.url, elsewhere or form.action)
        return Question(self.address, f"{self.name} sent", url, "POST", urlencode(values, doseq=True), FORM)

    def _choose(self, name: str, possible: list[str]) -> str:
        if self.chance and name in self.drawn:
            return self.chance.choice(possible)
        return next((value for value in possible if value not in NEVER_CHOSEN), possible[0])


def own_forms(page: HttpResponse | Answer) -> list[Form]:
    """The forms of a page's own, not those of the frame around it."""
    if isinstance(page, Answer):
        status, kind, body = page.status, dict(page.headers).get("Content-Type", ""), page.body
    else:
        status, kind, body = page.status_code, page.headers.get("Content-Type", ""), page.getvalue()
    if status != 200 or not kind.startswith("text/html"):
        return []
    forms = forms_of(body)
    return [form for form in forms if form.buttons and not form.action.startswith(OF_THE_FRAME)]


@dataclass(frozen=True)
class ApiWrite(Story):
    """A body that is complete by the API's own schema; for an existing row, at the version that was read."""

    address: Address
    name: str
    url: str
    cast: Cast
    succeeded = frozenset({200, 201, 204})

    def told(self, asker: Asker) -> Iterator[tuple[Question, Answer]]:
        shape = _shape_of(self.address.method, self.url)
        if shape is not None:
            known = {**_known(self.cast), **_version_at(self.url, asker)}
            body = json.dumps(_value("", shape, known))
            sent = Question(str(self.address), f"{self.name} sent", self.url, self.address.method, body, JSON)
            yield sent, heard(lambda: sent.put(asker))


def _version_at(url: str, asker: Asker) -> dict[str, int]:
    """The version of the row that the address, or the one above it, shows."""
    for place in (url, url.rstrip("/").rsplit("/", 1)[0] + "/"):
        answer = asker.answer("GET", place)
        if answer.status_code == 200 and answer.headers["Content-Type"].startswith(JSON):
            version = json.loads(answer.content).get("version", 1)
            return {"version": version, "seen_version": version}
    return {}


def _known(cast: Cast) -> dict[str, Any]:
    rows = {label.split(".")[1]: pk for label, pk in cast.everything.rows.items()}
    words = {"trial": cast.everything.trial.code, "site": "01", "participant": cast.people[0].code}
    return (
        rows
        | words
        | {"specimen": f"S-{cast.people[0].code}-A", "grade": 2, "number": 2, "heart_rate_bpm": 80}
    )


@cache
def described() -> dict[str, Any]:
    """The description of the API as it hands it out."""
    described: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return described


def _shape_of(method: str, url: str) -> dict[str, Any] | None:
    parts = url.strip("/").split("/")
    for path, methods in described()["paths"].items():
        if method.lower() in methods and _matches(path.strip("/").split("/"), parts):
            content = methods[method.lower()].get("requestBody", {}).get("content", {})
            found: dict[str, Any] | None = content.get("application/json", {}).get("schema")
            return found
    return None


def _matches(template: list[str], parts: list[str]) -> bool:
    return len(template) == len(parts) and all(
        one.startswith("{") or one == other for one, other in zip(template, parts, strict=True)
    )


def _value(name: str, shape: dict[str, Any], known: Mapping[str, Any]) -> Any:
    """A value of that shape: what the name asks for, else the least that its kind allows."""
    if "$ref" in shape:
        return _value(name, described()["components"]["schemas"][shape["$ref"].rsplit("/", 1)[1]], known)
    for either in ("allOf", "oneOf", "anyOf"):
        if either in shape:
            return _value(name, shape[either][0], known)
    kind = shape.get("type")
    if kind == "object":
        needed = set(shape.get("required", ())) | ALSO_SENT
        return {
            key: _value(key, one, known) for key, one in shape.get("properties", {}).items() if key in needed
        }
    if kind == "array":
        return [_value(name, shape["items"], known)]
    return _plain_value(name, shape, known)


def _plain_value(name: str, shape: dict[str, Any], known: Mapping[str, Any]) -> Any:
    if shape.get("enum"):
        return shape["enum"][0]
    if name in known:
        return known[name] if shape.get("type") != "string" else str(known[name])
    kinds = {"boolean": False, "integer": shape.get("minimum", 1), "number": 1}
    formats = {"date-time": "2020-04-26T09:00:00Z", "date": "2020-04-26", "decimal": "1"}
    fallback = kinds.get(str(shape.get("type")), formats.get(str(shape.get("format")), ASKED_FOR["any text"]))
    return ASKED_FOR.get(name, fallback) if shape.get("type") == "string" else fallback
