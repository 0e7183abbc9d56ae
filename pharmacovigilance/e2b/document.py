"""Bytes from outside as an XML tree, safely: no document type, no entity, no network, a limit of size.

Sources of the dangers: OWASP XML External Entity Prevention; "billion laughs" is an expansion of entities, which only a
document type can declare, so a document with one is refused before any entity is read.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import IO, Any
from xml.parsers import expat

from lxml import etree

from pharmacovigilance.e2b.names import HL7
from pharmacovigilance.e2b.refusals import MessageError

SIZE_LIMIT_BYTES = 20 * 1024 * 1024
"""The largest message that is read, 20 MiB: ICH gives no limit.

A batch with attached documents stays well below.
"""
_PIECE_BYTES = 64 * 1024


class _PrologueEndError(Exception):
    """The first element has begun: no document type can follow."""


def parse_document(source: bytes | IO[bytes], *, roots: tuple[str, ...]) -> Any:
    """The root element of the message, without comments and processing instructions.

    `roots` are the permitted names of the first element. Raises MessageError; memory stays constant when the message is
    larger than the limit.
    """
    content = _limited(source)
    _refuse_document_type(content)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise MessageError(f"The file is no well-formed XML: {error.msg}.") from error
    name = etree.QName(root)
    if name.namespace != HL7 or name.localname not in roots:
        raise MessageError(
            f"The first element is {name.localname} of the namespace {name.namespace or '(none)'}; "
            f"expected is {' or '.join(roots)} of {HL7}."
        )
    return root


def _limited(source: bytes | IO[bytes]) -> bytes:
    stream = BytesIO(source) if isinstance(source, bytes) else source
    pieces, size = [], 0
    while piece := stream.read(_PIECE_BYTES):
        size += len(piece)
        if size > SIZE_LIMIT_BYTES:
            raise MessageError(
                f"The file is larger than {SIZE_LIMIT_BYTES // 1024 // 1024} MiB, the largest message that is read."
            )
        pieces.append(piece)
    return b"".join(pieces)


def _refuse_document_type(content: bytes) -> None:
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = _stop
    try:
        for piece in _pieces(content):
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except _PrologueEndError:
        return
    except expat.ExpatError as error:
        raise MessageError(f"The file is no well-formed XML: {error}.") from error


def _pieces(content: bytes) -> Iterator[bytes]:
    return (content[at : at + _PIECE_BYTES] for at in range(0, len(content), _PIECE_BYTES))


def _refuse(name: str, *_: object) -> None:
    raise MessageError(
        f"The file declares a document type ({name}); a message with a document type or entities is not read."
    )


def _stop(*_: object) -> None:
    raise _PrologueEndError
