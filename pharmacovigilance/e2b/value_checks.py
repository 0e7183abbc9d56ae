"""The checks of the element table for one value: type, length, permitted values, null flavours, dates."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime

from pharmacovigilance.e2b.code_lists import COUNTRIES, LANGUAGES
from pharmacovigilance.e2b.icsr import IcsrValue
from pharmacovigilance.e2b.mapping import E2bElement
from pharmacovigilance.e2b.timestamps import certainly_after, parse_timestamp

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
_PRECISIONS = {"year": (1, "the year"), "day": (3, "the day"), "second": (6, "the second")}
_KINDS: dict[str, tuple[Callable[[str], bool], str]] = {
    "country": (lambda text: text in COUNTRIES, "a two-letter country code of ISO 3166-1, or EU"),
    "language": (lambda text: text in LANGUAGES, "a three-letter language code of ISO 639-2"),
    "meddra": (lambda text: bool(re.fullmatch(r"\d{1,2}\.\d", text)), "a MedDRA version such as 27.1"),
    "digits": (lambda text: text.isascii() and text.isdigit(), "digits only"),
    "integer": (lambda text: text.isascii() and text.isdigit(), "a whole number"),
}


def broken_rules(element: E2bElement, value: IcsrValue, at: datetime) -> Iterator[str]:
    """One sentence for each rule of the table that the value breaks. `at` (aware) defines the future."""
    if value.null is not None:
        yield from _null(element, value.null)
        return
    text = value.text or ""
    yield from _length(element, text)
    yield from _CHECKS.get(element.type, _nothing)(element, text, at)
    yield from _allowed(element, text)


def _null(element: E2bElement, null: str) -> Iterator[str]:
    if null not in element.nulls:
        allowed = ", ".join(sorted(element.nulls))
        yield f"the null flavours allowed are {allowed}" if allowed else "no null flavour is allowed"


def _length(element: E2bElement, text: str) -> Iterator[str]:
    if not text.strip():
        yield "a value must not be blank"
    if element.length is not None and len(text) > element.length:
        yield f"at most {element.length} characters, this has {len(text)}"


def _allowed(element: E2bElement, text: str) -> Iterator[str]:
    if not element.values:
        return
    kind = _KINDS.get(element.values[0])
    if kind is not None:
        fits, rule = kind
        if not fits(text):
            yield f"the value must be {rule}"
    elif text not in element.values:
        yield f"the values allowed are {', '.join(element.values)}"


def _date(element: E2bElement, text: str, at: datetime) -> Iterator[str]:
    moment = parse_timestamp(text)
    if moment is None:
        yield "the value must be a date or time as CCYY, CCYYMM, CCYYMMDD or CCYYMMDDhhmmss[+/-ZZzz]"
        return
    least, word = _PRECISIONS.get(element.precision, (1, "the year"))
    if moment.precision < least:
        yield f"the date must be given at least to {word}"
    if certainly_after(moment, at):
        yield "a date in the future is not allowed"


def _number(element: E2bElement, text: str, _: datetime) -> Iterator[str]:
    if not element.values and not _NUMBER.fullmatch(text):
        yield "the value must be a number with a point for decimals"


def _letters(_: E2bElement, text: str, __: datetime) -> Iterator[str]:
    if not text.isalpha():
        yield "the value must be letters only"


def _token(_: E2bElement, text: str, __: datetime) -> Iterator[str]:
    if re.search(r"\s", text):
        yield "a code or unit must have no blank"


def _nothing(_: E2bElement, __: str, ___: datetime) -> Iterator[str]:
    return iter(())


_CHECKS: dict[str, Callable[[E2bElement, str, datetime], Iterator[str]]] = {
    "date": _date,
    "number": _number,
    "letters": _letters,
    "token": _token,
}
