"""A report, an alert, a meeting and its recommendation."""

import hashlib
import io
from functools import cache
from itertools import product

from pypdf import PdfWriter

from accounts.choices import Role
from accounts.services import system_user
from dsmb.models import BoardComment, BoardMeeting, LetterDocument, MeetingNotice
from reports.choices import ReportFormat, ReportKind
from reports.models import (
    AlertAnswer,
    BoardReport,
    BoundaryState,
    ReportDocument,
    SealedReport,
    SealedReportDocument,
)
from tests.factories import (
    AT,
    save_row,
)
from tests.full_fixture.base import Everything
from trials.models import Trial


@cache
def plain_documents() -> dict[str, bytes]:
    """The smallest document of each format: a page, an empty table."""
    pdf = io.BytesIO()
    writer = PdfWriter()
    writer.add_blank_page(width=595, height=842)
    writer.write(pdf)
    html = b"<html><head><style></style></head><body><p>report</p></body></html>"
    return {ReportFormat.JSON: b'{"tables": []}', ReportFormat.HTML: html, ReportFormat.PDF: pdf.getvalue()}


def add_meeting_rows(everything: Everything, report: BoardReport) -> None:
    """A planned meeting, a comment of the member, and a recommendation whose letter was sent."""
    trial, member = everything.trial, everything.users[Role.BOARD_MEMBER]
    signed = {"recommendation": "continue", "chair_name": "A chair", "signed_at": AT, "sent_at": AT}
    notice = save_row(MeetingNotice(trial=trial, number=1, look=10, held_on=AT.date(), **signed))
    letter = LetterDocument(
        trial=trial,
        notice=notice,
        language="en",
        format="pdf",
        content=plain_documents()["pdf"],
        sha256="0" * 64,
    )
    meeting = BoardMeeting(trial=trial, number=1, planned_at=AT, purpose="a look", notice=notice)
    comment = BoardComment(trial=trial, report=report, author=member, text="a comment", written_at=AT)
    everything.add(notice)
    for row in (letter, meeting, comment):
        everything.add(save_row(row))


def ready_report(trial: Trial) -> BoardReport:
    """A report that is ready, with every document."""
    ready = {"state": "ready", "ready_at": AT, "data_cutoff_at": AT, "snapshot_sha256": "0" * 64}
    report = save_row(BoardReport(trial=trial, look=10, number=1, **ready))
    for kind, report_format in product(ReportKind, ReportFormat):
        content = plain_documents()[report_format]
        document = ReportDocument(
            trial=trial, report=report, kind=kind, format=report_format, content=content
        )
        document.sha256 = hashlib.sha256(content).hexdigest()
        save_row(document)
    return report


def add_closed_room(everything: Everything) -> None:
    """An alert with its answer, and the sealed report that it triggered."""
    trial = everything.trial
    state = BoundaryState(
        trial=trial, boundary="related-sae", protocol_version="1.0", arm="A", sequence=1, affected=3, evaluable=5,
        evidence=0.95, prompts=True, is_alert=True,
    )  # fmt: skip
    everything.add(save_row(state))
    answer = AlertAnswer(trial=trial, alert=state, choice="continue", text="t", answered_at=AT)
    answer.answered_by = system_user()
    everything.add(save_row(answer))
    report = SealedReport(
        trial=trial, number=1, trigger="boundary", alert=state, reason="r", data_cutoff_at=AT, content=b"{}",
        sha256="0" * 64, ready_at=AT,
    )  # fmt: skip
    everything.add(save_row(report))
    for report_format in ReportFormat:
        save_row(
            SealedReportDocument(
                trial=trial, report=report, format=report_format, content=b"<style></style>", sha256="0" * 64
            )
        )
