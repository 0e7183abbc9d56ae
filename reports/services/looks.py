"""Which reports are due.

Everything is derived from rows: a lost message, a late or a second worker changes nothing.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action
from accounts.models import User
from accounts.services import require, system_user
from audit.models import Entry
from audit.services import attributed, first_version
from partial_dates import local_date, zone_of
from reports.choices import ReportState, ReportTrigger
from reports.models import BoardReport, ReportDocument, ReportSnapshot, ReportView
from reports.queries.maturity import maturity_of_looks
from reports.rules.looks import due_looks, immature_looks
from trials.models import Participant, ProtocolVersion, Trial

ONE_MINUTE = timedelta(minutes=1)
OF_REPORTS = tuple(
    model._meta.db_table for model in (BoardReport, ReportSnapshot, ReportDocument, ReportView)
)


def create_due_reports(*, trial_id: int, at: datetime) -> tuple[BoardReport, ...]:
    """Create a report for every planned look that is reached, mature and without a report; idempotent.

    The trial's row is locked; should that fail, the unique constraint on trial and look refuses a second one.
    """
    if not _due(trial_id, at):
        return ()
    reason = "Enrolment has reached a planned look of the board."
    with attributed(by=system_user(), reason=reason, at=at):
        trial = Trial.objects.select_for_update(no_key=True).get(pk=trial_id)
        return tuple(
            create_report(trial, trigger=ReportTrigger.LOOK, look=look, cutoff=cutoff, reason=reason, at=at)
            for look, cutoff in _due(trial_id, at).items()
        )


def create_report_of_look(*, trial: Trial, look: int, by: User, at: datetime, reason: str) -> BoardReport:
    """The report of the time at which participant number `look` was enrolled; the existing one, or a new one.

    Raises ValidationError while fewer are enrolled, PermissionDenied without the right to make reports.
    """
    require(by=by, action=Action.MAKE_REPORT, trial_code=trial.code)
    with attributed(by=by, reason=reason, at=at):
        Trial.objects.select_for_update(no_key=True).get(pk=trial.pk)
        cutoff = _refuse_look_ahead(trial, look, at)
        known = BoardReport.objects.filter(trial=trial, look=look).order_by("-report_version").first()
        return known or create_report(
            trial, trigger=ReportTrigger.LOOK, look=look, cutoff=cutoff, reason=reason, at=at
        )


def create_ad_hoc_report(*, trial: Trial, by: User, at: datetime, reason: str) -> BoardReport:
    """An ad hoc report of all data to this time, which all readers of reports can list.

    It is no planned look, and the board gets no message. For a report for the board only use
    `sealed_reports.request_sealed_report`.
    """
    require(by=by, action=Action.MAKE_REPORT, trial_code=trial.code)
    with attributed(by=by, reason=reason, at=at):
        Trial.objects.select_for_update(no_key=True).get(pk=trial.pk)
        ProtocolVersion.objects.protocol_of(trial_id=trial.pk, on=None)
        alike = _report_of_this_minute(trial, at)
        return alike or create_report(trial, trigger=ReportTrigger.REQUEST, cutoff=at, reason=reason, at=at)


def _report_of_this_minute(trial: Trial, at: datetime) -> BoardReport | None:
    """The ad hoc report requested within the last minute, when nothing of the trial was written since its cut-off.

    HTML, PDF and JSON of "now" are requested one after another and belong to one snapshot. A failed report is not used
    again.
    """
    asked = BoardReport.objects.filter(
        trial=trial,
        look=None,
        occasion="",
        trigger=ReportTrigger.REQUEST,
        corrects=None,
        data_cutoff_at__gt=at - ONE_MINUTE,
        data_cutoff_at__lte=at,
    ).exclude(state=ReportState.FAILED)
    report = asked.order_by("-number").first()
    if report is None or report.data_cutoff_at is None or _was_written(trial, report.data_cutoff_at):
        return None
    return report


def _was_written(trial: Trial, since: datetime) -> bool:
    """Whether the open trail has an entry of the trial since then that is not about making and reading reports."""
    entries = Entry.objects.filter(trial_id=trial.pk, at__gt=since)
    return entries.exclude(table_name__in=OF_REPORTS).exists()


def unfinished_reports(*, at: datetime) -> Sequence[int]:
    """The ids of reports that no worker is making: never begun, or with an expired lease."""
    return list(BoardReport.objects.free(at=at).order_by("id").values_list("id", flat=True))


def _due(trial_id: int, at: datetime) -> Mapping[int, datetime | None]:
    """The due looks, each with its cut-off where it had to mature."""
    trial = Trial.objects.get(pk=trial_id)
    protocol = ProtocolVersion.objects.protocol_of(trial_id=trial_id, on=local_date(at, trial.timezone))
    enrolled = Participant.objects.enrolled().filter(trial_id=trial_id).count()
    rows = BoardReport.objects.filter(trial_id=trial_id, look__isnull=False).values_list("look", flat=True)
    reported = [look for look in rows if look is not None]
    reached = due_looks(enrolled, reported, protocol.looks)
    matures = maturity_of_looks(trial=trial, protocol=protocol, looks=reached)
    immature = immature_looks(matures, at=at)
    return {
        look: matures.get(look) for look in due_looks(enrolled, reported, protocol.looks, immature=immature)
    }


def _refuse_look_ahead(trial: Trial, look: int, at: datetime) -> datetime | None:
    """The cut-off of a look that had to mature.

    Raises ValidationError for one that is not reached, or not mature.
    """
    enrolled = Participant.objects.enrolled().filter(trial=trial).count()
    if look < 1 or look > enrolled:
        message = _("Enrolments: %(look)s asked for, and %(enrolled)s participants are enrolled.")
        raise ValidationError({"look": message % {"look": look, "enrolled": enrolled}})
    protocol = ProtocolVersion.objects.protocol_of(trial_id=trial.pk, on=local_date(at, trial.timezone))
    matures = maturity_of_looks(trial=trial, protocol=protocol, looks=[look])
    if immature_looks(matures, at=at):
        message = _("Enrolments: the look at %(look)s waits for its data until %(moment)s.")
        moment = matures[look].astimezone(zone_of(trial.timezone))
        raise ValidationError({"look": message % {"look": look, "moment": f"{moment:%Y-%m-%d %H:%M}"}})
    return matures.get(look)


def create_report(
    trial: Trial,
    *,
    trigger: ReportTrigger,
    reason: str,
    at: datetime,
    look: int | None = None,
    cutoff: datetime | None = None,
    occasion: str = "",
) -> BoardReport:
    """Create a report's row. Needs the trial's lock; the number is the next of the listed reports."""
    of_trial = BoardReport.objects.filter(trial=trial)
    report = BoardReport(
        trial=trial,
        look=look,
        number=1 + (of_trial.aggregate(last=Max("number"))["last"] or 0),
        report_version=1 + (0 if look or occasion else of_trial.filter(look=None, occasion="").count()),
        data_cutoff_at=cutoff,
        trigger=trigger,
        occasion=occasion,
        reason=reason,
    )
    first_version(report, at=at)
    report.full_clean()
    report.save()
    return report
