"""Ad hoc reports for the board only: requested, shared, opened.

An ad hoc report in the public list would reveal that something has happened in an arm. These are sealed rows with
numbers of their own: no list, no gap in numbers and no message reveals them to a blinded person.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import User
from accounts.queries import user_ids_with, user_may
from accounts.services import require
from audit.services import attributed, first_version, next_version
from reports.choices import ReportFormat, ReportTrigger
from reports.models import BoundaryState, PortalNotice, SealedReport, SealedReportDocument
from reports.services.clearances import reading
from reports.signals import sealed_report_asked
from trials.models import ProtocolVersion, Trial


def request_sealed_report(*, trial: Trial, by: User, at: datetime, reason: str) -> SealedReport:
    """The chair or the statistician requests a closed report of all data to this time; a task makes it.

    Raises PermissionDenied, and ValidationError for a blank reason or a trial without a protocol.
    """
    require(by=by, action=Action.MAKE_REPORT, trial_code=trial.code)
    ProtocolVersion.objects.protocol_of(trial_id=trial.pk, on=None)
    with reading(trial, by, at), attributed(by=by, reason=reason, at=at):
        locked = Trial.objects.select_for_update(no_key=True).get(pk=trial.pk)
        report = create_sealed_report(
            trial=locked, trigger=ReportTrigger.REQUEST, asked_by=by, reason=reason, at=at
        )
        sealed_report_asked.send(sender=SealedReport, trial_id=trial.pk)
        return report


def share_sealed_report(*, report_id: int, trial: Trial, by: User, at: datetime, reason: str) -> SealedReport:
    """The chair lets every member of the board read a sealed report; they get a notice.

    Sharing cannot be undone.

    Raises PermissionDenied, SealedReport.DoesNotExist, and ValidationError when it is shared already.
    """
    require(by=by, action=Action.CHAIR_MEETING, trial_code=trial.code)
    with reading(trial, by, at), attributed(by=by, reason=reason, at=at):
        report = SealedReport.objects.select_for_update().get(pk=report_id, trial=trial)
        if report.shared_at is not None:
            raise ValidationError(_("This report is shared with the board already."))
        report.shared_at = at
        next_version(report, at=at)
        report.save()
        notify_portal_readers(Action.VIEW_CLOSED_REPORT, trial, at=at)
    return report


def open_sealed_document(
    *, report_id: int, trial: Trial, report_format: ReportFormat, by: User, at: datetime
) -> bytes:
    """The archived bytes.

    Raises PermissionDenied, and DoesNotExist for a report that is not ready, or not shared with the account.
    """
    require(by=by, action=Action.VIEW_CLOSED_REPORT, trial_code=trial.code)
    with reading(trial, by, at):
        rows = SealedReportDocument.objects.filter(trial=trial, report_id=report_id, format=report_format)
        if not user_may(by, Action.VIEW_ALERTS, trial_code=trial.code):
            rows = rows.filter(report__shared_at__isnull=False)
        return bytes(rows.get().content)


def notify_portal_readers(action: Action, trial: Trial, *, at: datetime) -> None:
    """Put a notice into the outbox for all with the permission: something is available in the portal.

    It has no details.
    """
    readers = user_ids_with(action, trial_code=trial.code)
    PortalNotice.objects.bulk_create(PortalNotice(recipient_id=reader, created_at=at) for reader in readers)


def create_sealed_report(
    *,
    trial: Trial,
    trigger: ReportTrigger,
    reason: str,
    at: datetime,
    alert: BoundaryState | None = None,
    asked_by: User | None = None,
) -> SealedReport:
    """Create a sealed report of all data to this time. Needs the trial's lock and a clearance."""
    last = SealedReport.objects.filter(trial=trial).aggregate(last=Max("number"))["last"] or 0
    report = SealedReport(
        trial=trial,
        number=last + 1,
        trigger=trigger,
        alert=alert,
        asked_by=asked_by,
        reason=reason,
        data_cutoff_at=at,
    )
    first_version(report, at=at)
    report.full_clean(exclude=("trial",))
    report.save()
    return report
