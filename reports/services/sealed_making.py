"""Making the sealed reports: freeze, render, store, in one transaction each."""

import logging
from datetime import datetime

from django.db import transaction

from audit.services import first_version, next_version
from reports.choices import ReportKind
from reports.documents import document_of, rendered
from reports.models import BoardReport, SealedReport, SealedReportDocument
from reports.queries.snapshots import snapshots_of
from reports.rendering.document import canonical_bytes, sha256_hex
from reports.services.clearances import checking


def make_sealed_reports(*, trial_id: int, at: datetime) -> None:
    """Make every sealed report of the trial that is not made yet.

    Each separately, so that a failure blocks no other.

    Opens one clearance, also without a report to make. After a kill nothing of a report is stored, and the sweep makes
    it again.
    """
    failed: list[Exception] = []
    with checking(trial_id, at):
        waiting = SealedReport.objects.select_for_update(skip_locked=True, of=("self",)).filter(ready_at=None)
        for report in waiting.select_related("trial").filter(trial_id=trial_id).order_by("pk"):
            try:
                with transaction.atomic():
                    _make(report, at)
            except Exception as error:
                failed.append(error)
    if failed:
        logging.getLogger(__name__).error("trial %s: a document could not be made.", trial_id)
        raise failed[0]


def _make(report: SealedReport, at: datetime) -> None:
    """Freeze, render and store."""
    frozen = _frozen(report)
    report.content, report.sha256, report.ready_at = frozen, sha256_hex(frozen), at
    next_version(report, at=at)
    report.save()
    for report_format, content in rendered(document_of(frozen)).items():
        document = SealedReportDocument(
            trial=report.trial,
            report=report,
            format=report_format,
            content=content,
            sha256=sha256_hex(content),
        )
        first_version(document, at=at)
        document.save()


def _frozen(report: SealedReport) -> bytes:
    """The closed snapshot, as an ad hoc report of the same moment would freeze it."""
    draft = BoardReport(trial=report.trial, report_version=report.number, trigger=report.trigger)
    return canonical_bytes(snapshots_of(draft, cutoff=report.data_cutoff_at)[ReportKind.CLOSED])
