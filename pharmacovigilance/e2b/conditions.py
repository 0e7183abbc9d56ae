"""The conditions of conformance rules: a small language about the elements of a message, read from the rule tables.

    C.1.3 = 2 and N.2.r.3 in (CDER_IND, CBER_IND)      some value of the element is one of these
    given(D.1), D.9.1                                   a value or a null flavour; a value
    null(D.1, NA)                                       this null flavour (without a second word: any)
    count(C.2.r.5, 1) = 1                               how many values are equal to this (or exist)
    before(E.i.5, E.i.4), same(N.2.r.1, C.1.1)          certainly earlier; equal texts
    refers(G.k.1.0, G.k.0)                              each value of the first is a value of the second
    versions() <= 1, section(D.10), matches(C.1.1, 'pattern')

An element means its values in the smallest group around the rule's own group in which it can stand: in a rule about one
reaction, `E.i.7` is that reaction's outcome and `D.9.1` the date of death of the message.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from pharmacovigilance.e2b.icsr import IcsrGroup, IcsrValue
from pharmacovigilance.e2b.mapping import ElementTable, element_table
from pharmacovigilance.e2b.timestamps import certainly_before, parse_timestamp

_TOKEN = re.compile(r"\s*(?P<token>(?:FDA\.)?[A-HN]\.[\w.]+|'[^']*'|<=|>=|!=|[=<>(),]|[\w.{}-]+)", re.ASCII)
_ELEMENT = re.compile(r"(?:FDA\.)?[A-HN]\.[\w.]+")


@dataclass(frozen=True)
class RuleScope:
    """One group of a message with the enclosing groups, innermost first."""

    chain: tuple[IcsrGroup, ...]

    def values(self, element: str) -> Iterator[IcsrValue]:
        """The element's values in the smallest enclosing group in which it can occur."""
        wanted = element_table().elements[element].group
        for group in self.chain:
            if group.name == wanted:
                return (v for v in group.values() if v.element == element)
            if group.name in _around(wanted):
                return (v for one in group.descendants(wanted) for v in one.values() if v.element == element)
        return iter(())

    def texts(self, element: str) -> list[str]:
        return [v.text for v in self.values(element) if v.text is not None]


@cache
def _around(group: str) -> frozenset[str]:
    return frozenset(element_table().ancestors(group))


Truth = Callable[[RuleScope], bool]
Number = Callable[[RuleScope], int]


@cache
def rule_condition(text: str) -> Truth:
    """The parsed condition. An empty text is always true. Raises ValueError for text that is no condition."""
    if not text.strip():
        return lambda _: True
    reader = _Reader(text)
    found = reader.either()
    reader.end()
    return found


class _Reader:
    """Reads one condition from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = [match["token"] for match in _TOKEN.finditer(text)]
        self.at = 0

    def end(self) -> None:
        if self.at != len(self.tokens):
            raise ValueError(f"{self.text!r}: {self.tokens[self.at]!r} is not expected")

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, expected: str = "") -> str:
        token = self.peek()
        if not token or (expected and token != expected):
            raise ValueError(f"{self.text!r}: expected {expected or 'more'}, found {token or 'the end'}")
        self.at += 1
        return token

    def either(self) -> Truth:
        sides = [self.all_of()]
        while self.peek() == "or":
            self.take()
            sides.append(self.all_of())
        return sides[0] if len(sides) == 1 else lambda scope: any(side(scope) for side in sides)

    def all_of(self) -> Truth:
        sides = [self.one()]
        while self.peek() == "and":
            self.take()
            sides.append(self.one())
        return sides[0] if len(sides) == 1 else lambda scope: all(side(scope) for side in sides)

    def one(self) -> Truth:
        if self.peek() == "not":
            self.take()
            inner = self.one()
            return lambda scope: not inner(scope)
        if self.peek() == "(":
            self.take()
            inside = self.either()
            self.take(")")
            return inside
        if _ELEMENT.fullmatch(self.peek()):
            return self.about_element()
        name = self.take()
        arguments = self.arguments()
        if name in _NUMBERS:
            return self.compared(_NUMBERS[name](*arguments))
        return _asked(name, arguments, self.text)

    def about_element(self) -> Truth:
        element = _known(self.take(), self.text)
        sign = self.peek()
        if sign in ("=", "!="):
            self.take()
            wanted = frozenset({_word(self.take())})
        elif sign == "in":
            self.take()
            wanted = frozenset(self.arguments())
        else:
            return lambda scope: bool(scope.texts(element))
        if sign == "!=":
            return lambda scope: any(text not in wanted for text in scope.texts(element))
        return lambda scope: any(text in wanted for text in scope.texts(element))

    def arguments(self) -> list[str]:
        self.take("(")
        found = []
        while self.peek() != ")":
            found.append(_word(self.take()))
            if self.peek() == ",":
                self.take()
        self.take(")")
        return found

    def compared(self, number: Number) -> Truth:
        sign, bound = self.take(), int(self.take())
        signs: dict[str, Callable[[int], bool]] = {
            "=": lambda n: n == bound,
            "<=": lambda n: n <= bound,
            ">=": lambda n: n >= bound,
            "<": lambda n: n < bound,
            ">": lambda n: n > bound,
        }
        fits = signs[sign]
        return lambda scope: fits(number(scope))


def _word(token: str) -> str:
    return token.strip("'")


def _known(element: str, text: str) -> str:
    if element not in element_table().elements:
        raise ValueError(f"{text!r}: {element} is no element of the table")
    return element


def _count(element: str, *wanted: str) -> Number:
    return lambda scope: sum(not wanted or text in wanted for text in scope.texts(element))


def _meddra_elements(table: ElementTable) -> tuple[str, ...]:
    return tuple(e.number for e in table.elements.values() if "meddra" in e.values)


def _versions() -> Number:
    """The number of MedDRA versions in one message."""
    elements = _meddra_elements(element_table())
    return lambda scope: len({text for element in elements for text in scope.texts(element)})


def _given(element: str) -> Truth:
    return lambda scope: any(True for _ in scope.values(element))


def _null(element: str, *wanted: str) -> Truth:
    return lambda scope: any(
        v.null is not None and (not wanted or v.null in wanted) for v in scope.values(element)
    )


def _before(first: str, second: str) -> Truth:
    def truth(scope: RuleScope) -> bool:
        ones = [m for m in map(parse_timestamp, scope.texts(first)) if m]
        others = [m for m in map(parse_timestamp, scope.texts(second)) if m]
        return any(certainly_before(one, other) for one in ones for other in others)

    return truth


def _same(first: str, second: str) -> Truth:
    return lambda scope: set(scope.texts(first)) == set(scope.texts(second))


def _refers(first: str, second: str) -> Truth:
    return lambda scope: set(scope.texts(first)) <= set(scope.texts(second))


def _section(prefix: str) -> Truth:
    elements = [e for e in element_table().elements if e.startswith(prefix + ".")]
    return lambda scope: any(True for element in elements for _ in scope.values(element))


def _matches(element: str, pattern: str) -> Truth:
    shape = re.compile(pattern)
    return lambda scope: all(shape.fullmatch(text) for text in scope.texts(element))


_NUMBERS: dict[str, Callable[..., Number]] = {"count": _count, "versions": _versions}
_QUESTIONS: dict[str, Callable[..., Truth]] = {
    "given": _given,
    "null": _null,
    "before": _before,
    "same": _same,
    "refers": _refers,
    "section": _section,
    "matches": _matches,
}


def _asked(name: str, arguments: list[str], text: str) -> Truth:
    if name not in _QUESTIONS:
        raise ValueError(f"{text!r}: {name} is no question")
    for argument in arguments[:2] if name in ("before", "same", "refers") else arguments[:1]:
        if name != "section":
            _known(argument, text)
    return _QUESTIONS[name](*arguments)
