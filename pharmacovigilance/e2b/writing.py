"""Values as a message: wrappers, their fixed attributes and their order come from the element table."""

from collections.abc import Iterator
from typing import Any

from lxml import etree

from pharmacovigilance.e2b.icsr import Batch, Group, Value
from pharmacovigilance.e2b.leftovers import put_back
from pharmacovigilance.e2b.mapping import BATCH, Element, Mapping, mapping
from pharmacovigilance.e2b.names import BATCH_ROOT, NAMESPACES, qualified
from pharmacovigilance.e2b.paths import Step

_SETS = {
    "E.i": (frozenset({"E.i.4", "E.i.5", "E.i.6a"}),),
    "G.k.4.r": (
        frozenset({"G.k.4.r.2"}),
        frozenset({"G.k.4.r.3"}),
        frozenset({"G.k.4.r.4", "G.k.4.r.5", "G.k.4.r.6a"}),
    ),
}
"""When these values are together, one interval of HL7 cannot hold them; the second form of the table, a set, can."""


class _Node:
    """An element in the making: its children stay findable by the step that made them."""

    __slots__ = ("attributes", "children", "made", "name", "rank", "text")

    def __init__(self, name: str, rank: int) -> None:
        self.name = name
        self.rank = rank
        self.attributes: dict[str, str] = {}
        self.children: list[_Node] = []
        self.made: dict[str, _Node] = {}
        self.text: str | None = None


def write_batch(batch: Batch) -> bytes:
    """The batch as XML in UTF-8, with what the table cannot hold at its old place."""
    root = build(batch.root, dict(batch.namespaces))
    put_back(root, batch.kept)
    return serialised(root)


def serialised(root: Any) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def build(group: Group, namespaces: dict[str | None, str] | None = None) -> Any:
    """The tree (lxml) of a batch's values alone."""
    table = mapping()
    top = _Node(BATCH_ROOT, 0)
    top.attributes.update(table.attributes[BATCH_ROOT])
    _fill(top, group, table)
    root = etree.Element(qualified(BATCH_ROOT), top.attributes, nsmap={**NAMESPACES, **(namespaces or {})})
    _render(top, root)
    return root


def with_defaults(root: Group) -> Group:
    """The batch with the constants of the wrapper that are not given, such as the interaction's name."""
    table = mapping()
    messages = [_defaulted(m, table) if m.name == "N.2.r" else m for m in root.groups()]
    return _defaulted(Group(BATCH, (*root.values(), *messages)), table)


def _defaulted(group: Group, table: Mapping) -> Group:
    missing = [
        Value(element.number, element.default)
        for element in table.elements_of[group.name]
        if element.default and group.value(element.number) is None
    ]
    return Group(group.name, (*group.items, *missing))


def _fill(context: _Node, group: Group, table: Mapping) -> None:
    as_set = _needs_a_set(group)
    for item in group.items:
        if isinstance(item, Group):
            _fill(_reach(context, table.groups[item.name].steps, table), item, table)
        else:
            _put(context, table.elements[item.element], item, as_set, table)


def _needs_a_set(group: Group) -> bool:
    sets = _SETS.get(group.name)
    if sets is None:
        return False
    given = {value.element for value in group.values()}
    return any(those <= given for those in sets)


def _put(context: _Node, element: Element, value: Value, as_set: bool, table: Mapping) -> None:
    form = value.form if value.form >= 0 else int(as_set and len(element.forms) > 1 and element.group in _SETS)
    if element.number in ("G.k.4.r.2", "G.k.4.r.3") and value.form < 0:
        form = 0
    target = element.forms[form]
    node = _reach(context, target.steps, table)
    if value.null is not None:
        node.attributes["nullFlavor"] = value.null
        if target.what == "code":
            node.attributes.pop("codeSystem", None)
    elif target.what == "text()":
        node.text = value.text
    else:
        node.attributes[target.what] = target.steps[-1].prefix + (value.text or "")
    if value.code_system is not None:
        node.attributes["codeSystem"] = value.code_system


def _reach(context: _Node, steps: tuple[Step, ...], table: Mapping) -> _Node:
    node = context
    for step in steps:
        found = None if step.repeats else node.made.get(step.key)
        node = found if found is not None else _make(node, step, table)
    return node


def _make(parent: _Node, step: Step, table: Mapping) -> _Node:
    while step.position > 1 + sum(child.name == step.name for child in parent.children):
        _append(parent, step.name, table)
    node = _append(parent, step.name, table)
    parent.made[step.key] = node
    for name, value in (*step.tests, *step.attributes):
        node.attributes[name] = value
    for path in (*step.children, *step.added):
        _reach(node, path, table)
    return node


def _append(parent: _Node, name: str, table: Mapping) -> _Node:
    node = _Node(name, table.order.get(parent.name, {}).get(name, 99))
    fixed = table.attributes.get(f"{parent.name}/{name}") or table.attributes.get(name)
    if fixed:
        node.attributes.update(fixed)
    parent.children.append(node)
    return node


def _render(node: _Node, element: Any) -> None:
    element.text = node.text
    children = node.children
    if len(children) > 1:
        children = sorted(children, key=_by_rank)
    for child in children:
        _render(child, etree.SubElement(element, qualified(child.name), child.attributes))


def _by_rank(node: _Node) -> int:
    return node.rank


def message_xml(batch: Batch) -> Iterator[bytes]:
    """Each message of the batch alone, as canonical XML: what two versions of a report are compared by."""
    root = build(batch.root)
    for message in root.iterchildren(qualified("PORR_IN049016UV")):
        yield bytes(etree.tostring(message, method="c14n"))
