"""Values as a message: wrappers, their fixed attributes and their order come from the element table.

The text of the message is written directly, and parsed by lxml where a tree is wanted: with thousands of small wrappers
this is several times as fast as one call of lxml per element.
"""

from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

from lxml import etree

from pharmacovigilance.e2b.icsr import MESSAGE_GROUP, IcsrBatch, IcsrGroup, IcsrValue
from pharmacovigilance.e2b.leftovers import put_back
from pharmacovigilance.e2b.mapping import BATCH, E2bElement, ElementTable, element_table
from pharmacovigilance.e2b.markup import attribute_text, attributes_text, element_text
from pharmacovigilance.e2b.names import BATCH_ROOT, NAMESPACES
from pharmacovigilance.e2b.paths import PathStep

LAST = 99
_SETS = {
    "E.i": (frozenset({"E.i.4", "E.i.5", "E.i.6a"}),),
    "G.k.4.r": (
        frozenset({"G.k.4.r.2"}),
        frozenset({"G.k.4.r.3"}),
        frozenset({"G.k.4.r.4", "G.k.4.r.5", "G.k.4.r.6a"}),
    ),
}
"""One interval of HL7 cannot store these values together; the second form of the table, a set, can."""
_ALWAYS_FIRST_FORM = frozenset({"G.k.4.r.2", "G.k.4.r.3"})
Namespaces = tuple[tuple[str | None, str], ...]


class _Node:
    """An element while it is being written: its children are found by the step that made them.

    `opening` is the start of its tag with the attributes so far. `whole` is the finished text of an element that no
    value can change, such as the code of an observation's kind; one such node is used in every message.
    """

    __slots__ = ("children", "made", "opening", "pattern", "rank", "text", "whole")

    def __init__(self, pattern: "_Pattern") -> None:
        self.pattern = pattern
        self.rank = pattern.rank
        self.opening = pattern.opening
        self.children: list[_Node] = []
        self.made: dict[str, _Node] = {}
        self.text: str | None = None
        self.whole: str | None = None


class _Addition(NamedTuple):
    """The additions of a step below itself: steps, and the finished element after them, if there is one."""

    steps: tuple[PathStep, ...]
    key: str
    leaf: _Node | None


class _Pattern(NamedTuple):
    """The output of a step under a parent of one name."""

    name: str
    rank: int
    attributes: dict[str, str]
    opening: str
    additions: tuple[_Addition, ...]


def write_batch(batch: IcsrBatch) -> bytes:
    """The batch as XML in UTF-8, with content without an element at its old place."""
    if not batch.kept:
        return f"<?xml version='1.0' encoding='UTF-8'?>\n{_written(batch.root, batch.namespaces)}".encode()
    root = message_tree(batch.root, batch.namespaces)
    put_back(root, batch.kept)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def message_tree(group: IcsrGroup, namespaces: Namespaces = ()) -> Any:
    """The tree (lxml) of a batch's values only."""
    return etree.fromstring(
        _written(group, namespaces), etree.XMLParser(resolve_entities=False, huge_tree=True)
    )


def with_defaults(root: IcsrGroup) -> IcsrGroup:
    """The batch with the missing constants of the wrapper, such as the interaction's name."""
    table = element_table()
    messages = [_defaulted(m, table) if m.name == MESSAGE_GROUP else m for m in root.groups()]
    return _defaulted(IcsrGroup(BATCH, (*root.values(), *messages)), table)


def _defaulted(group: IcsrGroup, table: ElementTable) -> IcsrGroup:
    missing = [
        IcsrValue(element.number, element.default)
        for element in table.elements_of[group.name]
        if element.default and group.value(element.number) is None
    ]
    return IcsrGroup(group.name, (*group.items, *missing))


def _written(group: IcsrGroup, namespaces: Namespaces) -> str:
    table = element_table()
    spaces = {**NAMESPACES, **dict(namespaces)}
    declared = attributes_text({f"xmlns:{p}" if p else "xmlns": uri for p, uri in spaces.items()})
    fixed = table.attributes[BATCH_ROOT]
    top = _Node(_Pattern(BATCH_ROOT, 0, fixed, f"<{BATCH_ROOT}{declared}{attributes_text(fixed)}", ()))
    _fill(top, group, table)
    pieces: list[str] = []
    _render(top, pieces)
    return "".join(pieces)


def _fill(context: _Node, group: IcsrGroup, table: ElementTable) -> None:
    as_set = int(group.name in _SETS and _needs_a_set(group))
    for item in group.items:
        if isinstance(item, IcsrGroup):
            _fill(_reach(context, table.groups[item.name].steps), item, table)
        else:
            _put(context, table.elements[item.element], item, as_set)


def _needs_a_set(group: IcsrGroup) -> bool:
    given = {value.element for value in group.values()}
    return any(those <= given for those in _SETS[group.name])


def _put(context: _Node, element: E2bElement, value: IcsrValue, as_set: int) -> None:
    place = element.forms[_form(element, value, as_set)]
    node = _reach(context, place.steps)
    if value.null is not None:
        static = node.pattern.attributes
        if place.what == "code" and "codeSystem" in static:
            rest = {name: text for name, text in static.items() if name != "codeSystem"}
            node.opening = f"<{node.pattern.name}{attributes_text(rest)}"
        node.opening += attribute_text("nullFlavor", value.null)
    elif place.what == "text()":
        node.text = value.text
    else:
        node.opening += attribute_text(place.what, place.steps[-1].prefix + (value.text or ""))
    if value.code_system is not None:
        node.opening += attribute_text("codeSystem", value.code_system)


def _form(element: E2bElement, value: IcsrValue, as_set: int) -> int:
    if value.form >= 0:
        return value.form
    return as_set if len(element.forms) > 1 and element.number not in _ALWAYS_FIRST_FORM else 0


def _reach(node: _Node, steps: tuple[PathStep, ...]) -> _Node:
    for step in steps:
        found = None if step.repeats else node.made.get(step.key)
        node = _make(node, step) if found is None else found
    return node


def _make(parent: _Node, step: PathStep) -> _Node:
    if step.position:
        _fill_places_before(parent, step)
    node = _Node(_pattern(parent.pattern.name, step))
    parent.children.append(node)
    parent.made[step.key] = node
    for addition in node.pattern.additions:
        inner = _reach(node, addition.steps)
        if addition.leaf is not None and addition.key not in inner.made:
            inner.children.append(addition.leaf)
            inner.made[addition.key] = addition.leaf
    return node


def _fill_places_before(parent: _Node, step: PathStep) -> None:
    """A second given name needs a first one, which may be empty."""
    missing = step.position - 1 - sum(child.pattern.name == step.name for child in parent.children)
    for _ in range(missing):
        empty = PathStep(step.name, step.tag, key=step.name)
        parent.children.append(_Node(_pattern(parent.pattern.name, empty)))


@cache
def _pattern(parent: str, step: PathStep) -> _Pattern:
    table = element_table()
    fixed = table.attributes.get(f"{parent}/{step.name}") or table.attributes.get(step.name) or {}
    attributes = {**fixed, **dict(step.tests), **dict(step.attributes)}
    rank = table.order.get(parent, {}).get(step.name, LAST)
    additions = tuple(_addition(step.name, path) for path in (*step.children, *step.added))
    return _Pattern(step.name, rank, attributes, f"<{step.name}{attributes_text(attributes)}", additions)


def _addition(parent: str, path: tuple[PathStep, ...]) -> _Addition:
    *before, last = path
    if last.key in _keys_with_values() or last.children or last.added:
        return _Addition(path, "", None)
    leaf = _Node(_pattern(before[-1].name if before else parent, last))
    leaf.whole = f"{leaf.opening}/>"
    return _Addition(tuple(before), last.key, leaf)


@cache
def _keys_with_values() -> frozenset[str]:
    """The steps through which some element or group is reached: they may get attributes, text or children."""
    table = element_table()
    paths = [place.steps for element in table.elements.values() for place in element.forms]
    paths += [group.steps for group in table.groups.values()]
    return frozenset(step.key for steps in paths for step in steps)


def _render(node: _Node, pieces: list[str]) -> None:
    if node.whole is not None:
        pieces.append(node.whole)
        return
    children = node.children
    if not children and not node.text:
        pieces.append(f"{node.opening}/>")
        return
    pieces.append(f"{node.opening}>")
    if node.text:
        pieces.append(element_text(node.text))
    if len(children) > 1:
        children.sort(key=_by_rank)
    for child in children:
        _render(child, pieces)
    pieces.append(f"</{node.pattern.name}>")


_by_rank = attrgetter("rank")
