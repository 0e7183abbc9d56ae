"""The report as one self-contained HTML file for browsers and paper, under a strict content security policy."""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.template import Context, Engine

if TYPE_CHECKING:  # the page imports numpy, which a web process that only serves files does not need
    from reports.rendering.page import Page

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
TEMPLATE = "reports/report.html"
STYLESHEET = TEMPLATES / "reports" / "report.css"


def html_bytes(page: "Page") -> bytes:
    """The HTML document of a report; no script, no link to elsewhere, the stylesheet inside."""
    context = Context({"page": page, "stylesheet": stylesheet()})
    return _engine().get_template(TEMPLATE).render(context).encode()


@cache
def stylesheet() -> str:
    """The stylesheet inside every report."""
    return STYLESHEET.read_text(encoding="utf-8")


def style_source(html: bytes) -> str:
    """The policy source for exactly the stylesheet inside this archived file, of every version of the code."""
    style = html.split(b"<style>", 1)[1].split(b"</style>", 1)[0]
    digest = base64.b64encode(hashlib.sha256(style).digest()).decode()
    return f"'sha256-{digest}'"


@cache
def _engine() -> Engine:
    """A separate engine: a site's context processors, languages and settings must not affect an archived file."""
    return Engine(dirs=[str(TEMPLATES)], autoescape=True, string_if_invalid="")
