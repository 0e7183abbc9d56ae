"""Reads XML without following references: no entities, no network, no document type."""

from collections.abc import Iterator

from lxml import etree

from immunology.rules.files.parts import NO_LINE, FileRefusal, FileRefusedError
from immunology.rules.files.rule_texts import gettext

Element = etree._Element


def parse_xml(file: str, data: bytes) -> Element:
    """The root of a document. Raises FileRefusedError for broken XML and for a document type declaration."""
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or NO_LINE
        raise FileRefusedError(
            FileRefusal(
                file, line, "XML", "", gettext("the document is broken (%(msg)s)") % {"msg": error.msg}
            )
        ) from error
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]
        rule = gettext("a document type declaration is not accepted; remove it")
        raise FileRefusedError(FileRefusal(file, 1, "DOCTYPE", "", rule))
    return root


def local(element: Element) -> str:
    """The element's name without its namespace."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def children(element: Element, *names: str) -> Iterator[Element]:
    """The direct children with one of these names."""
    return (child for child in element if local(child) in names)


def xml_text(element: Element | None, *path: str) -> str:
    """The text at the end of a path of children, "" when a step is missing."""
    for name in path:
        if element is None:
            return ""
        element = next(children(element, name), None)
    return "" if element is None else " ".join((element.text or "").split())


def xml_line(element: Element) -> int:
    """The line on which the element begins."""
    line = element.sourceline
    return line if isinstance(line, int) else NO_LINE
