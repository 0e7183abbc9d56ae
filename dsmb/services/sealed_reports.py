"""Ad hoc reports that only the board knows of: asked for, made, shared, handed out.

An ad hoc report that everybody may list would say that something has happened in an arm. These are sealed rows with
numbers of their own: no list, no gap in numbers and no message tells a blinded person of them.
"""

import logging
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Action, ClearanceGround
from accounts.models import Clearance, User
from accounts.queries import user_may
from accounts.services import cleared, require
from audit.services import attributed, first_version, next_version
from dsmb.choices import ReportFormat, ReportKind, ReportTrigger
from dsmb.documents import document_of, rendered
from dsmb.models import BoardReport, SealedReport, SealedReportDocument
from dsmb.queries.snapshots import snapshots_of
from dsmb.rendering.document import canonical_bytes, sha256_hex
from dsmb.services.boundaries import checking, owe_sealed_report, tell_readers
from trials.models import ProtocolVersion, Trial

READING = "Read a closed report"
"""The purpose of the clearance, the same for every report: the log of openings does not tell which."""


def ask_for_sealed_report(*, trial: Trial, by: User, at: datetime, reason: str) -> SealedReport:
    """The chair or the statistician asks for a closed report of all data to this moment; a task makes it.

    Raises PermissionDenied, and ValidationError for a blank reason or a trial without a protocol.
    """
    require(by=by, action=Action.MAKE_REPORT, trial_code=trial.code)
    ProtocolVersion.objects.protocol_of(trial_id=trial.pk, on=None)
    with opened(trial, by, at), attributed(by=by, reason=reason, at=at):
        locked = Trial.objects.select_for_update(no_key=True).get(pk=trial.pk)
        return owe_sealed_report(
            trial=locked, trigger=ReportTrigger.REQUEST, asked_by=by, reason=reason, at=at
        )


def make_sealed_reports(*, trial_id: int, at: datetime) -> None:
    """Make every sealed report of the trial that is owed; each alone, so that one that fails holds up no other.

    Opens one clearance whatever there is to make. Killed on the way, nothing of a report is kept and the sweep makes it
    again.
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


def share_sealed_report(*, report_id: int, trial: Trial, by: User, at: datetime, reason: str) -> SealedReport:
    """The chair lets every member of the board read a sealed report; they find a notice. It is never taken back.

    Raises PermissionDenied, SealedReport.DoesNotExist, and ValidationError when it is shared already.
    """
    require(by=by, action=Action.CHAIR_MEETING, trial_code=trial.code)
    with opened(trial, by, at), attributed(by=by, reason=reason, at=at):
        report = SealedReport.objects.select_for_update().get(pk=report_id, trial=trial)
        if report.shared_at is not None:
            raise ValidationError(_("This report is shared with the board already."))
        report.shared_at = at
        next_version(report, at=at)
        report.save()
        tell_readers(Action.VIEW_CLOSED_REPORT, trial, at=at)
    return report


def open_sealed_document(
    *, report_id: int, trial: Trial, report_format: ReportFormat, by: User, at: datetime
) -> bytes:
    """The archived bytes. Raises PermissionDenied, and DoesNotExist for a report that is not ready, or not shared
    with the asker.
    """
    require(by=by, action=Action.VIEW_CLOSED_REPORT, trial_code=trial.code)
    with opened(trial, by, at):
        rows = SealedReportDocument.objects.filter(trial=trial, report_id=report_id, format=report_format)
        if not user_may(by, Action.VIEW_ALERTS, trial_code=trial.code):
            rows = rows.filter(report__shared_at__isnull=False)
        return bytes(rows.get().content)


def opened(trial: Trial, by: User, at: datetime) -> AbstractContextManager[Clearance]:
    """The sealed rows of the trial for a reader of closed reports, until the block ends."""
    if not user_may(by, Action.VIEW_CLOSED_REPORT, trial_code=trial.code):
        raise PermissionDenied
    return cleared(ground=ClearanceGround.ROLE, by=by, trial_id=trial.pk, purpose=READING, at=at)


def _make(report: SealedReport, at: datetime) -> None:
    """Freeze, render and keep."""
    frozen = _frozen(report)
    report.content, report.sha256, report.ready_at = frozen, sha256_hex(frozen), at
    next_version(report, at=at)
    report.save()
    for report_format, content in _documents(frozen).items():
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


def _documents(frozen: bytes) -> Mapping[ReportFormat, bytes]:
    return rendered(document_of(frozen))
