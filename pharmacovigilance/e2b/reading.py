"""A message as values: the element table has the place of each.

Content without an element is stored with its place.
"""

from collections.abc import Iterator
from typing import IO, Any

from pharmacovigilance.e2b.document import parse_document
from pharmacovigilance.e2b.icsr import IcsrBatch, IcsrGroup, IcsrValue
from pharmacovigilance.e2b.leftovers import leftovers
from pharmacovigilance.e2b.mapping import BATCH, E2bElement, element_table
from pharmacovigilance.e2b.names import BATCH_ROOT
from pharmacovigilance.e2b.paths import ElementPlace, find_node, find_nodes
from pharmacovigilance.e2b.writing import message_tree

BARE_PREFIXES = ("tel:", "fax:", "mailto:")


def read_batch(source: bytes | IO[bytes]) -> IcsrBatch:
    """Any ICSR batch. Raises MessageError when it is no batch at all."""
    return batch_of_tree(parse_document(source, roots=(BATCH_ROOT,)))


def batch_of_tree(root: Any) -> IcsrBatch:
    """A parsed batch as values. The tree is not changed."""
    used: set[Any] = {root}
    places = {node: place for place, node in enumerate(root.iter())}
    group = _read_group(BATCH, root, places, used)
    namespaces = tuple(root.nsmap.items())
    return IcsrBatch(group, leftovers(root, message_tree(group), used), namespaces)


def _read_group(name: str, context: Any, places: dict[Any, int], used: set[Any]) -> IcsrGroup:
    found = sorted(_items(name, context, places, used), key=lambda item: item[0])
    return IcsrGroup(name, tuple(item for _, item in found))


def _items(
    name: str, context: Any, places: dict[Any, int], used: set[Any]
) -> Iterator[tuple[tuple[int, int], IcsrValue | IcsrGroup]]:
    """Each value and group under the context, with its position in the document and its rank in the table."""
    table = element_table()
    for element in table.elements_of.get(name, ()):
        for form, target in enumerate(element.forms):
            seen: set[Any] = set()
            node = find_node(context, target.steps, seen)
            value = _value(element, form, target, node) if node is not None else None
            if value is not None:
                used |= seen
                yield (places[node], element.rank), value
                break
    for spec in table.groups_of.get(name, ()):
        seen = set()
        for node in find_nodes(context, spec.steps, seen):
            yield (places[node], spec.rank), _read_group(spec.name, node, places, used)
        used |= seen


def _value(element: E2bElement, form: int, target: ElementPlace, node: Any) -> IcsrValue | None:
    text = _text(node) if target.what == "text()" else node.get(target.what)
    where = form if len(element.forms) > 1 else -1
    if text is not None:
        return IcsrValue(
            element.number, _bare(text, target), code_system=_open_code_system(target, node), form=where
        )
    null = node.get("nullFlavor")
    if null is not None and element.takes_null:
        return IcsrValue(element.number, null=null, form=where)
    return None


def _text(node: Any) -> str | None:
    """The text directly inside the element; None when there are only blanks."""
    text = (node.text or "") + "".join(child.tail or "" for child in node)
    return text if text.strip() else None


def _bare(text: str, target: ElementPlace) -> str:
    return text.removeprefix(target.steps[-1].prefix)


def _open_code_system(target: ElementPlace, node: Any) -> str | None:
    """The code system of a code whose system the table leaves open."""
    if target.what != "code" or any(name == "codeSystem" for name, _ in target.steps[-1].tests):
        return None
    found: str | None = node.get("codeSystem")
    return found
