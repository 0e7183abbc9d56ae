"""A document as an answer over HTTP, the same from the portal and from the API."""

from datetime import datetime

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from accounts.models import User
from dsmb.choices import ReportFormat, ReportKind
from dsmb.models import BoardReport, ReportDocument
from dsmb.rendering.html import style_source
from dsmb.services.reading import open_document

CONTENT_TYPES = {
    ReportFormat.JSON: "application/json",
    ReportFormat.HTML: "text/html; charset=utf-8",
    ReportFormat.PDF: "application/pdf",
}

NOTHING_FROM_ELSEWHERE = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""An archived report runs nothing and loads nothing; its own stylesheet is admitted by its hash."""


def document_response(
    report: BoardReport, kind: ReportKind, report_format: ReportFormat, *, user: User, at: datetime
) -> HttpResponse:
    """The document's bytes as an answer to whoever may open it. Raises PermissionDenied, Http404 while not
    ready.
    """
    try:
        content = open_document(report=report, kind=kind, report_format=report_format, by=user, at=at)
    except ReportDocument.DoesNotExist as error:
        raise Http404(_("The report is not ready yet.")) from error
    return bytes_response(content, report_format, file_name(report, kind, report_format))


def bytes_response(content: bytes, report_format: ReportFormat, name: str) -> HttpResponse:
    """Archived bytes: HTML on screen under a policy that admits its own style only, JSON and PDF as files."""
    response = HttpResponse(content, content_type=CONTENT_TYPES[report_format])
    place = "inline" if report_format == ReportFormat.HTML else "attachment"
    response["Content-Disposition"] = f'{place}; filename="{name}"'
    if report_format == ReportFormat.HTML:
        response["Content-Security-Policy"] = f"{NOTHING_FROM_ELSEWHERE}; style-src {style_source(content)}"
    return response


def file_name(report: BoardReport, kind: ReportKind, report_format: ReportFormat) -> str:
    """A name that says which report it is, and nothing of what is in it."""
    when = f"look-{report.look}" if report.look is not None else f"report-{report.number}"
    return f"{report.trial.code}-{when}-v{report.report_version}-{kind.value}.{report_format.value}"
