"""A downloaded copy names its reader, its time and its archived file.

The archive stays as it is.
"""

import hashlib
import io

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from dsmb.choices import LetterFormat
from dsmb.rendering.letter import letter_documents
from reports.choices import ReportFormat, ReportKind
from reports.models import BoardReport, ReportDocument, ReportView
from reports.rendering.copies import pdf_copy
from reports.rules.copy_mark import CopyMark
from reports.services.reading import open_document
from tests.factories import make_user, unsealed
from tests.integration.dsmb.meeting_steps import HTML, make_ready_report, plain_pdf
from tests.integration.reports.board_trials import LATER
from tests.plugins.shared_rows import shared_rows
from tests.unit.dsmb.test_letter import FACTS


@shared_rows
def report(trial) -> BoardReport:
    return make_ready_report(trial, look=10)


@pytest.fixture
def copy_of(report, trial):
    """The portal's copy for a member, in a format."""
    member = make_user("board_member", trial=trial, first_name="Éléonore", last_name="Œil")
    client = Client()
    client.force_login(member)

    def take(report_format: str, kind: str = "closed"):
        return client.get(reverse("board:document", args=[report.pk, kind, report_format]))

    return take


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_every_page_of_a_pdf_copy_carries_reader_time_and_archive(copy_of):
    answer = copy_of("pdf")

    view = ReportView.objects.get()
    pages = PdfReader(io.BytesIO(answer.content)).pages
    assert len(pages) == 2
    for page in pages:
        text = page.extract_text()
        assert f"COPY {view.copy_id} for Éléonore Œil, {view.opened_at:%Y-%m-%d %H:%M:%S} UTC" in text
        assert f"archived file SHA-256 {sha256_of(plain_pdf())}" in text
    assert f"-closed-copy-{view.copy_id}.pdf" in answer["Content-Disposition"]


def test_pdf_copy_does_not_call_itself_an_archive():
    archived = letter_documents(FACTS)["en", LetterFormat.PDF]
    mark = CopyMark("Ada", LATER, "AB12", "0" * 64)

    copy = pdf_copy(archived, mark)

    assert b"pdfaid" in archived
    assert b"pdfaid" not in copy
    assert all("COPY AB12 for Ada" in page.extract_text() for page in PdfReader(io.BytesIO(copy)).pages)


def test_report_on_screen_carries_the_line_and_admits_its_style(copy_of):
    answer = copy_of("html")

    view = ReportView.objects.get()
    page = answer.content.decode()
    assert page.count(f"COPY {view.copy_id} for Éléonore Œil") == 1
    assert page.index("copy-line") < page.index("<p>report</p>")
    assert answer["Content-Security-Policy"].count("'sha256-") == 2
    assert sha256_of(HTML) in page


def test_report_on_screen_has_one_script_and_it_is_the_sites_own(copy_of):
    answer = copy_of("html")

    assert answer.content.count(b"<script") == 1
    assert b'<script src="/static/reports/report' in answer.content
    assert answer["Content-Security-Policy"].endswith("; script-src 'self'")
    assert b"<script" not in HTML


def test_json_stays_as_archived_and_says_in_the_header_whose_it_is(copy_of, report):
    answer = copy_of("json")

    view = ReportView.objects.get()
    assert answer["X-Archive-SHA256"] == sha256_of(answer.content)
    assert answer["X-Copy-Id"] == view.copy_id
    assert (view.format, view.kind) == ("json", "closed")


def test_two_copies_have_two_ids(copy_of):
    assert copy_of("json")["X-Copy-Id"] != copy_of("json")["X-Copy-Id"]


def test_archived_bytes_are_what_they_were(copy_of, report, trial):
    for report_format in ReportFormat.values:
        copy_of(report_format)

    with unsealed(trial):
        for document in ReportDocument.objects.filter(report=report):
            assert sha256_of(bytes(document.content)) == document.sha256


def test_archived_file_itself_is_handed_out_without_a_copy_id(report, trial):
    reader = make_user("unblinded_statistician", trial=trial)

    archived = open_document(
        report=report, kind=ReportKind.CLOSED, report_format=ReportFormat.PDF, by=reader, at=LATER
    )

    assert archived == plain_pdf()
    assert ReportView.objects.get().copy_id == ""
