"""A new version of a report, after a correction of its data. The old version stays as it is."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action
from accounts.models import User
from accounts.services import require
from audit.services import attributed, first_version
from reports.choices import ReportState
from reports.models import BoardReport
from reports.signals import report_owed
from trials.models import Trial


def create_corrected_report(*, report: BoardReport, by: User, at: datetime, reason: str) -> BoardReport:
    """Create the next version of a ready report: the same cut-off and participants, with corrections up to `at`.

    The trial's row is locked; a second request for the same version is refused. A worker makes the report as usual.
    Raises PermissionDenied, and ValidationError for a blank reason, a report that is not ready, or one that has a newer
    version.
    """
    require(by=by, action=Action.CORRECT_REPORT, trial_code=report.trial.code)
    with attributed(by=by, reason=reason, at=at):
        Trial.objects.select_for_update(no_key=True).get(pk=report.trial_id)
        current = BoardReport.objects.get(pk=report.pk)
        _refuse(current)
        corrected = _owe(current, reason=reason, at=at)
        report_owed.send(sender=BoardReport, report_id=corrected.pk)
        return corrected


def _refuse(report: BoardReport) -> None:
    if report.state == ReportState.FAILED:
        raise ValidationError(_("Report: it could not be made; have it made again first."))
    if report.state != ReportState.READY:
        raise ValidationError(_("Report: it is still being made; correct it when it is ready."))
    newer = BoardReport.objects.filter(corrects=report).first()
    if newer is not None:
        message = _("Report: version %(version)s of it is there already; correct that one.")
        raise ValidationError(message, params={"version": newer.report_version})


def _owe(report: BoardReport, *, reason: str, at: datetime) -> BoardReport:
    of_trial = BoardReport.objects.filter(trial=report.trial_id)
    alike = of_trial.filter(look=report.look, occasion=report.occasion)
    corrected = BoardReport(
        trial_id=report.trial_id,
        look=report.look,
        number=1 + of_trial.aggregate(last=Max("number"))["last"],
        report_version=1 + alike.aggregate(last=Max("report_version"))["last"],
        data_cutoff_at=report.data_cutoff_at,
        trigger=report.trigger,
        occasion=report.occasion,
        corrects=report,
        corrections_until=at,
        reason=reason,
    )
    first_version(corrected, at=at)
    corrected.full_clean()
    corrected.save()
    return corrected
