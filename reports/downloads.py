"""The HTTP response with a document: archived bytes over the API, a marked copy from the portal."""

from datetime import datetime

from django.http import Http404, HttpResponse
from django.templatetags.static import static
from django.utils.translation import gettext as _

from accounts.models import User
from reports.choices import ReportFormat, ReportKind
from reports.models import BoardReport, ReportDocument
from reports.rendering.html import style_source
from reports.services.reading import open_document, take_copy

CONTENT_TYPES = {
    ReportFormat.JSON: "application/json",
    ReportFormat.HTML: "text/html; charset=utf-8",
    ReportFormat.PDF: "application/pdf",
}

NOTHING_FROM_ELSEWHERE = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""An archived report runs nothing and loads nothing; its own stylesheet is admitted by its hash."""

SCREEN_AID = "reports/report.js"
"""Filters for the copy on screen: a file of the site, never a part of the archived report."""


def document_response(
    report: BoardReport, kind: ReportKind, report_format: ReportFormat, *, user: User, at: datetime
) -> HttpResponse:
    """The document's bytes for a reader with the permission.

    Raises PermissionDenied, Http404 while not ready.
    """
    try:
        content = open_document(report=report, kind=kind, report_format=report_format, by=user, at=at)
    except ReportDocument.DoesNotExist as error:
        raise Http404(_("The report is not ready yet.")) from error
    return bytes_response(content, report_format, file_name(report, kind, report_format))


def copy_response(
    report: BoardReport, kind: ReportKind, report_format: ReportFormat, *, user: User, at: datetime
) -> HttpResponse:
    """A copy with the reader's name and the time on each page; for JSON in the response's header.

    Raises PermissionDenied, Http404 while not ready.
    """
    # Imported here: the libraries for the marks would slow the start of every web process.
    from reports.rendering.copies import (  # noqa: PLC0415
        STYLE,
        copy_headers,
        html_copy,
        html_with_script,
        pdf_copy,
    )

    try:
        copy = take_copy(report=report, kind=kind, report_format=report_format, by=user, at=at)
    except ReportDocument.DoesNotExist as error:
        raise Http404(_("The report is not ready yet.")) from error
    marked = {ReportFormat.HTML: html_copy, ReportFormat.PDF: pdf_copy}
    content = marked[report_format](copy.archived, copy.mark) if report_format in marked else copy.archived
    name = file_name(report, kind, report_format)
    if report_format == ReportFormat.PDF:
        name = name.replace(".pdf", f"-copy-{copy.mark.copy_id}.pdf")
    if report_format == ReportFormat.HTML:
        content = html_with_script(content, static(SCREEN_AID))
    response = bytes_response(content, report_format, name, further_style=STYLE.encode())
    if report_format == ReportFormat.HTML:
        response["Content-Security-Policy"] += "; script-src 'self'"
    for header, value in copy_headers(copy.mark).items():
        response[header] = value
    return response


def bytes_response(
    content: bytes, report_format: ReportFormat, name: str, *, further_style: bytes = b""
) -> HttpResponse:
    """Archived bytes: HTML on screen under a policy that permits its own styles only, JSON and PDF as files."""
    response = HttpResponse(content, content_type=CONTENT_TYPES[report_format])
    place = "inline" if report_format == ReportFormat.HTML else "attachment"
    response["Content-Disposition"] = f'{place}; filename="{name}"'
    if report_format == ReportFormat.HTML:
        sources = [style_source(style) for style in (content, further_style) if style]
        response["Content-Security-Policy"] = f"{NOTHING_FROM_ELSEWHERE}; style-src {' '.join(sources)}"
    return response


def file_name(report: BoardReport, kind: ReportKind, report_format: ReportFormat) -> str:
    """A file name that identifies the report, without its content."""
    when = f"look-{report.look}" if report.look is not None else f"report-{report.number}"
    return f"{report.trial.code}-{when}-v{report.report_version}-{kind.value}.{report_format.value}"
