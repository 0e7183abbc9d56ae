"""A copy of an archived document with the reader's name on each page.

The archived bytes are read, never changed.
"""

import io
import json
from collections.abc import Mapping
from html import escape

import typst
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import NameObject

from documents.fonts import fonts
from reports.rules.copy_mark import CopyMark

POINTS_FROM_EDGE = 9
"""Inside the margin of every page of a report, outside what most printers cut off."""
STAMP = """#let s = json(bytes(sys.inputs.stamp))
#set page(width: s.width * 1pt, height: s.height * 1pt, margin: 0pt, fill: none)
#set text(font: "DejaVu Sans", size: 6pt, fill: luma(25%), hyphenate: false)
#place(left + top, dx: s.edge * 1pt, dy: 1.2cm, rotate(90deg, origin: left + top, reflow: true, box(s.line)))
"""
STYLE = (
    "<style>.copy-line{margin:0;padding:4px 16px;background:#fff;color:#333;border-bottom:1px solid #767676;"
    "font:13px/1.4 system-ui,sans-serif;overflow-wrap:anywhere}"
    "@media print{.copy-line{position:fixed;bottom:0;left:0;right:0;border:0;font-size:7pt}}</style>"
)


def pdf_copy(content: bytes, mark: CopyMark) -> bytes:
    """The document with the mark in the left margin of each page.

    The copy is not marked as PDF/A or PDF/UA: it is for reading, the archived file is the record.
    """
    reader = PdfReader(io.BytesIO(content))
    writer = PdfWriter(clone_from=reader)
    writer.pdf_header = reader.pdf_header
    stamps: dict[tuple[float, float], PageObject] = {}
    for page in writer.pages:
        size = (float(page.mediabox.width), float(page.mediabox.height))
        if size not in stamps:
            stamps[size] = _stamp(size, mark)
        page.merge_page(stamps[size])
        page.compress_content_streams()
    writer.root_object.pop(NameObject("/Metadata"), None)
    writer.root_object.pop(NameObject("/OutputIntents"), None)
    # The markers of the standards are removed from the catalogue, and now from the file.
    writer.compress_identical_objects(remove_unreferenced=True)
    writer.add_metadata({"/Subject": mark.line})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def html_copy(content: bytes, mark: CopyMark) -> bytes:
    """The document with a line at the top (and at the foot of each printed page).

    Its own stylesheet is unchanged.
    """
    head, body = content.split(b"<body", 1)
    opening, rest = body.split(b">", 1)
    line = f'<p class="copy-line">{escape(mark.line)}</p>'
    return (
        head.replace(b"</head>", STYLE.encode() + b"</head>")
        + b"<body"
        + opening
        + b">"
        + line.encode()
        + rest
    )


def html_with_script(content: bytes, address: str) -> bytes:
    """The document with one script from the site itself, for filters on screen; the archived file has none."""
    script = f'<script src="{escape(address)}" defer></script>'
    body, end = content.rsplit(b"</body>", 1) if b"</body>" in content else (content, b"")
    return body + script.encode() + (b"</body>" + end if end else b"")


def copy_headers(mark: CopyMark) -> Mapping[str, str]:
    """The HTTP headers of a copy, for every format."""
    return {"X-Copy-Id": mark.copy_id, "X-Archive-SHA256": mark.archive_sha256}


def _stamp(size: tuple[float, float], mark: CopyMark) -> PageObject:
    width, height = size
    values = {"width": width, "height": height, "edge": POINTS_FROM_EDGE, "line": mark.line}
    compiled = typst.compile(
        STAMP.encode(),
        font_paths=fonts(),
        sys_inputs={"stamp": json.dumps(values, ensure_ascii=False)},
        format="pdf",
        timestamp=0,
        pdf_tags=False,
    )
    return PdfReader(io.BytesIO(bytes(compiled))).pages[0]
