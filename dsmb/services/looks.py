"""Which reports are owed. The rows are the truth: a lost message, a late worker or a second one changes
nothing.
"""

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action
from accounts.models import User
from accounts.services import require, system_user
from audit.services import attributed, first_version
from dsmb.models import BoardReport
from dsmb.rules.looks import due_looks
from trials.models import Participant, ProtocolVersion, Trial
from trials.rules.dates import local_date


def owe_looks(*, trial_id: int, at: datetime) -> tuple[BoardReport, ...]:
    """Write down every planned look that enrolment has reached and that has no report yet; run twice, writes
    once.

    The trial's row is locked meanwhile; should that fail, the unique constraint on trial and look refuses the
    second.
    """
    if not _due(trial_id, at):
        return ()
    reason = "Enrolment has reached a planned look of the board."
    with attributed(by=system_user(), reason=reason, at=at):
        trial = Trial.objects.select_for_update(no_key=True).get(pk=trial_id)
        return tuple(_owe(trial, look=look, reason=reason, at=at) for look in _due(trial_id, at))


def owe_report_at(*, trial: Trial, look: int, by: User, at: datetime, reason: str) -> BoardReport:
    """The report of the moment at which participant number `look` was enrolled; the one there is, or a new
    one.

    Raises ValidationError while fewer are enrolled, PermissionDenied without the right to make reports.
    """
    require(by=by, action=Action.MAKE_REPORT, trial_code=trial.code)
    with attributed(by=by, reason=reason, at=at):
        Trial.objects.select_for_update(no_key=True).get(pk=trial.pk)
        _refuse_look_ahead(trial, look)
        known = BoardReport.objects.filter(trial=trial, look=look).order_by("-report_version").first()
        return known or _owe(trial, look=look, reason=reason, at=at)


def owe_report_now(*, trial: Trial, by: User, at: datetime, reason: str) -> BoardReport:
    """An ad hoc report of all data to this moment; it is no planned look, and the board is sent no message."""
    require(by=by, action=Action.MAKE_REPORT, trial_code=trial.code)
    with attributed(by=by, reason=reason, at=at):
        Trial.objects.select_for_update(no_key=True).get(pk=trial.pk)
        ProtocolVersion.objects.protocol_of(trial_id=trial.pk, on=None)
        return _owe(trial, look=None, reason=reason, at=at)


def unfinished_reports(*, at: datetime) -> Sequence[int]:
    """The ids of reports that nobody is making: never begun, or begun by somebody whose lease is over."""
    return list(BoardReport.objects.free(at=at).order_by("id").values_list("id", flat=True))


def _due(trial_id: int, at: datetime) -> tuple[int, ...]:
    trial = Trial.objects.get(pk=trial_id)
    protocol = ProtocolVersion.objects.protocol_of(trial_id=trial_id, on=local_date(at, trial.timezone))
    enrolled = Participant.objects.enrolled().filter(trial_id=trial_id).count()
    reported = BoardReport.objects.filter(trial_id=trial_id, look__isnull=False).values_list(
        "look", flat=True
    )
    return due_looks(enrolled, [look for look in reported if look is not None], protocol.looks)


def _refuse_look_ahead(trial: Trial, look: int) -> None:
    enrolled = Participant.objects.enrolled().filter(trial=trial).count()
    if look < 1 or look > enrolled:
        message = _("Enrolments: %(look)s asked for, and %(enrolled)s participants are enrolled.")
        raise ValidationError({"look": message % {"look": look, "enrolled": enrolled}})


def _owe(trial: Trial, *, look: int | None, reason: str, at: datetime) -> BoardReport:
    of_trial = BoardReport.objects.filter(trial=trial)
    report = BoardReport(
        trial=trial,
        look=look,
        number=1 + (of_trial.aggregate(last=Max("number"))["last"] or 0),
        report_version=1 if look is not None else 1 + of_trial.filter(look=None).count(),
        data_cutoff_at=None if look is not None else at,
        reason=reason,
    )
    first_version(report, at=at)
    report.full_clean()
    report.save()
    return report
