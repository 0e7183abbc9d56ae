"""The parts of a message without an element in the table: the difference to a message made from its values only."""

from collections import defaultdict, deque
from collections.abc import Iterator
from typing import Any

from lxml import etree

from pharmacovigilance.e2b.icsr import KeptPiece
from pharmacovigilance.e2b.names import XSI, local_name

DECORATIONS = frozenset(
    {"displayName", "codeSystemVersion", f"{{{XSI}}}schemaLocation", "classCode", "moodCode"}
)
"""Attributes that repeat a code."""
Path = tuple[tuple[int, str], ...]


def leftovers(original: Any, rebuilt: Any, used: set[Any]) -> tuple[KeptPiece, ...]:
    """The pieces of `original` that `rebuilt` lacks, in document order. `used` are the nodes with values."""
    return tuple(_compare(original, rebuilt, used, ()))


def _compare(original: Any, rebuilt: Any, used: set[Any], path: Path) -> Iterator[KeptPiece]:
    yield from _attributes(original, rebuilt, path)
    yield from _text(original, rebuilt, path)
    rest: dict[str, deque[Any]] = defaultdict(deque)
    for child in rebuilt:
        rest[child.tag].append(child)
    for place, child in enumerate(original):
        here = (*path, (place, local_name(child.tag)))
        partners = rest.get(child.tag)
        if child in used and partners:
            yield from _compare(child, partners.popleft(), used, here)
        else:
            yield KeptPiece((*here[:-1], (place, "")), "element", local_name(child.tag), _xml(child))
    for partners in rest.values():
        for extra in partners:
            yield KeptPiece(path, "missing", local_name(extra.tag), None, decoration=True)


def _attributes(original: Any, rebuilt: Any, path: Path) -> Iterator[KeptPiece]:
    for name, value in original.attrib.items():
        if rebuilt.get(name) != value:
            yield KeptPiece(path, "attribute", name, value, decoration=name in DECORATIONS)
    for name in rebuilt.attrib:
        if original.get(name) is None:
            yield KeptPiece(path, "absent", name, None, decoration=True)


def _text(original: Any, rebuilt: Any, path: Path) -> Iterator[KeptPiece]:
    text = (original.text or "") + "".join(child.tail or "" for child in original)
    if text.strip() and text != (rebuilt.text or ""):
        yield KeptPiece(path, "text", "", text)


def _xml(node: Any) -> str:
    return etree.tostring(node, encoding="unicode", with_tail=False)


def put_back(root: Any, kept: tuple[KeptPiece, ...]) -> tuple[KeptPiece, ...]:
    """Put the pieces at their old places in a tree made from the same values.

    Returns those whose place is missing.
    """
    homeless = []
    for piece in kept:
        inside = piece.path[:-1] if piece.kind == "element" else piece.path
        node = _walk(root, inside)
        if node is None or not _put(node, piece):
            homeless.append(piece)
    return tuple(homeless)


def _walk(root: Any, path: Path) -> Any | None:
    node = root
    for place, name in path:
        if place >= len(node) or local_name(node[place].tag) != name:
            return None
        node = node[place]
    return node


def _put(node: Any, piece: KeptPiece) -> bool:
    if piece.kind == "element":
        place = piece.path[-1][0]
        if place > len(node):
            return False
        node.insert(place, etree.fromstring(piece.content or "", etree.XMLParser(resolve_entities=False)))
    elif piece.kind == "attribute":
        node.set(piece.name, piece.content or "")
    elif piece.kind == "absent":
        node.attrib.pop(piece.name, None)
    elif piece.kind == "text":
        node.text = piece.content
    elif piece.kind == "missing":
        return False
    return True
