"""Values as a message: wrappers, their fixed attributes and their order come from the element table.

The text of the message is written directly, and parsed by lxml where a tree is wanted: with thousands of small wrappers
this is several times as fast as one call of lxml per element.
"""

from functools import cache
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
"""When these values are together, one interval of HL7 cannot hold them; the second form of the table, a set, can."""
_ALWAYS_FIRST_FORM = frozenset({"G.k.4.r.2", "G.k.4.r.3"})
Namespaces = tuple[tuple[str | None, str], ...]


class _Pattern(NamedTuple):
    """What a step makes under a parent of one name."""

    name: str
    rank: int
    attributes: dict[str, str]
    written: str
    paths: tuple[tuple[PathStep, ...], ...]


class _Node:
    """An element in the making: its children stay findable by the step that made them."""

    __slots__ = ("children", "made", "name", "rank", "static", "text", "written")

    def __init__(self, pattern: _Pattern) -> None:
        self.name = pattern.name
        self.rank = pattern.rank
        self.static = pattern.attributes
        self.written = pattern.written
        self.children: list[_Node] = []
        self.made: dict[str, _Node] = {}
        self.text: str | None = None


def write_batch(batch: IcsrBatch) -> bytes:
    """The batch as XML in UTF-8, with what the table cannot hold at its old place."""
    if not batch.kept:
        return f"<?xml version='1.0' encoding='UTF-8'?>\n{_written(batch.root, batch.namespaces)}".encode()
    root = message_tree(batch.root, batch.namespaces)
    put_back(root, batch.kept)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def message_tree(group: IcsrGroup, namespaces: Namespaces = ()) -> Any:
    """The tree (lxml) of a batch's values alone."""
    return etree.fromstring(
        _written(group, namespaces), etree.XMLParser(resolve_entities=False, huge_tree=True)
    )


def with_defaults(root: IcsrGroup) -> IcsrGroup:
    """The batch with the constants of the wrapper that are not given, such as the interaction's name."""
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
    top = _Node(_Pattern(BATCH_ROOT, 0, fixed, declared + attributes_text(fixed), ()))
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
    target = element.forms[_form(element, value, as_set)]
    node = _reach(context, target.steps)
    if value.null is not None:
        if target.what == "code" and "codeSystem" in node.static:
            node.written = attributes_text({n: v for n, v in node.static.items() if n != "codeSystem"})
        node.written += attribute_text("nullFlavor", value.null)
    elif target.what == "text()":
        node.text = value.text
    else:
        node.written += attribute_text(target.what, target.steps[-1].prefix + (value.text or ""))
    if value.code_system is not None:
        node.written += attribute_text("codeSystem", value.code_system)


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
    pattern = _pattern(parent.name, step)
    if step.position:
        _fill_places_before(parent, step)
    node = _Node(pattern)
    parent.children.append(node)
    parent.made[step.key] = node
    for path in pattern.paths:
        _reach(node, path)
    return node


def _fill_places_before(parent: _Node, step: PathStep) -> None:
    """A second given name needs a first one, be it empty."""
    missing = step.position - 1 - sum(child.name == step.name for child in parent.children)
    for _ in range(missing):
        parent.children.append(_Node(_pattern(parent.name, PathStep(step.name, step.tag, key=step.name))))


@cache
def _pattern(parent: str, step: PathStep) -> _Pattern:
    table = element_table()
    fixed = table.attributes.get(f"{parent}/{step.name}") or table.attributes.get(step.name) or {}
    attributes = {**fixed, **dict(step.tests), **dict(step.attributes)}
    rank = table.order.get(parent, {}).get(step.name, LAST)
    return _Pattern(step.name, rank, attributes, attributes_text(attributes), (*step.children, *step.added))


def _render(node: _Node, pieces: list[str]) -> None:
    children = node.children
    if not children and not node.text:
        pieces.append(f"<{node.name}{node.written}/>")
        return
    pieces.append(f"<{node.name}{node.written}>")
    if node.text:
        pieces.append(element_text(node.text))
    if len(children) > 1:
        children = sorted(children, key=_by_rank)
    for child in children:
        _render(child, pieces)
    pieces.append(f"</{node.name}>")


def _by_rank(node: _Node) -> int:
    return node.rank
