"""The XPaths of the element table: parsed once, then found in a message or created in a new one.

The paths are XPath 1.0 with variables for code systems, restricted to child steps, attribute tests, tests for a child,
a position, and `starts-with(@value, …)`. Two marks are ours, and the reader ignores both: `{…}` is what the writer adds
without a test, and `*` is the step that repeats with its group.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pharmacovigilance.e2b.names import XSI_TYPE, qualified_name

_STEP = re.compile(r"(?P<name>[A-Za-z_][\w]*)")


@dataclass(frozen=True, eq=False)
class PathStep:
    """One child step. `tests` are attributes that must have a value, `children` are paths that must exist.

    `key` identifies the node among those that the writer made under one parent.
    """

    name: str
    tag: str
    tests: tuple[tuple[str, str], ...] = ()
    prefix: str = ""
    children: tuple[tuple["PathStep", ...], ...] = ()
    added: tuple[tuple["PathStep", ...], ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()
    position: int = 0
    repeats: bool = False
    key: str = ""


@dataclass(frozen=True)
class ElementPlace:
    """Steps to a node, and the part of it with the value: an attribute's qualified name, or `text()`."""

    steps: tuple[PathStep, ...]
    what: str


@dataclass
class _Parts:
    tests: list[tuple[str, str]] = field(default_factory=list)
    children: list[tuple[PathStep, ...]] = field(default_factory=list)
    added: list[tuple[PathStep, ...]] = field(default_factory=list)
    attributes: list[tuple[str, str]] = field(default_factory=list)
    prefix: str = ""
    position: int = 0


def parse_place(text: str, codes: dict[str, str]) -> ElementPlace:
    """`a/b[@x='1']/@code` as steps and value."""
    path, _, last = text.strip().rpartition("/")
    what = "text()" if last == "text()" else _attribute(last.removeprefix("@"))
    return ElementPlace(parse_steps(path, codes), what)


def parse_steps(text: str, codes: dict[str, str]) -> tuple[PathStep, ...]:
    """The steps of a path; `codes` gives the values of its named codes."""
    return tuple(_step(part, codes) for part in _split(text.strip(), "/"))


def _step(text: str, codes: dict[str, str]) -> PathStep:
    match = _STEP.match(text)
    if match is None:
        raise ValueError(f"{text!r} is no step of a path")
    name, rest, parts = match["name"], text[match.end() :], _Parts()
    repeats = rest.endswith("*")
    for bracket, inner in _marks(rest.removesuffix("*")):
        _take(bracket, inner, parts, codes)
    key = name + "".join(f"[{a}={v}]" for a, v in parts.tests) + rest if not parts.position else text
    return PathStep(
        name=name,
        tag=qualified_name(name),
        tests=tuple(parts.tests),
        prefix=parts.prefix,
        children=tuple(parts.children),
        added=tuple(parts.added),
        attributes=tuple(parts.attributes),
        position=parts.position,
        repeats=repeats,
        key=key,
    )


def _take(bracket: str, inner: str, parts: _Parts, codes: dict[str, str]) -> None:
    """Add one `[…]` or `{…}` to the tests or to the additions."""
    if inner.isdigit():
        parts.position = int(inner)
    elif inner.startswith("starts-with("):
        parts.prefix = inner.split("'")[1]
    elif inner.startswith("@"):
        name, _, value = inner[1:].partition("=")
        pair = (_attribute(name), _literal(value, codes))
        (parts.tests if bracket == "[" else parts.attributes).append(pair)
    elif bracket == "[":
        parts.children.append(parse_steps(inner, codes))
    elif "/" in inner or "[" in inner:
        parts.added.append(parse_steps(inner, codes))


def _literal(value: str, codes: dict[str, str]) -> str:
    return codes[value[1:]] if value.startswith("$") else value.strip("'")


def _attribute(name: str) -> str:
    return XSI_TYPE if name == "xsi:type" else name


def _split(text: str, separator: str) -> Iterator[str]:
    depth, start = 0, 0
    for index, letter in enumerate(text):
        depth += (letter in "[{") - (letter in "]}")
        if letter == separator and depth == 0:
            yield text[start:index]
            start = index + 1
    yield text[start:]


def _marks(text: str) -> Iterator[tuple[str, str]]:
    """The outermost brackets of a step: `[` or `{` and what is inside."""
    depth, start = 0, 0
    for index, letter in enumerate(text):
        if letter in "[{":
            start = index + 1 if depth == 0 else start
            depth += 1
        elif letter in "]}":
            depth -= 1
            if depth == 0:
                yield ("[" if letter == "]" else "{"), text[start:index]


def find_nodes(parent: Any, steps: tuple[PathStep, ...], used: set[Any]) -> Iterator[Any]:
    """Each node under `parent` (an lxml element) that the steps reach, in document order.

    Nodes on the way of a match, and those that it tests, are added to `used`.
    """
    if not steps:
        yield parent
        return
    step = steps[0]
    place = 0
    for child in parent.iterchildren(step.tag):
        if not _fits(child, step):
            continue
        place += 1
        if step.position in (0, place):
            for found in find_nodes(child, steps[1:], used):
                used.add(child)
                _use(child, step.children, used)
                _use(child, step.added, used)
                yield found


def find_node(parent: Any, steps: tuple[PathStep, ...], used: set[Any]) -> Any | None:
    """The first node at the end of the steps; None where there is none."""
    return next(find_nodes(parent, steps, used), None)


def _fits(node: Any, step: PathStep) -> bool:
    empty = node.get("nullFlavor") is not None
    for name, value in step.tests:
        found = node.get(name)
        if found != value and not (found is None and empty and name == "codeSystem"):
            return False
    if step.prefix and not (node.get("value") or "").startswith(step.prefix):
        return False
    return all(next(find_nodes(node, path, set()), None) is not None for path in step.children)


def _use(node: Any, paths: tuple[tuple[PathStep, ...], ...], used: set[Any]) -> None:
    for path in paths:
        found = find_node(node, path, used)
        if found is not None:
            used.add(found)
