"""A report that cannot be made: after three attempts it stops, mails are sent, and a person can start it again.

Only the step and the kind of the error are stored and displayed. The error's own text may quote a sealed row: it is
stored nowhere. The log has the places in the program.
"""

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy

from accounts.choices import Action
from accounts.models import User
from accounts.queries import user_ids_with
from accounts.services import queue_mails, require, system_user
from audit.services import attributed
from reports.choices import FailedStep, ReportState
from reports.models import MOST_TRIES, BoardReport
from reports.services.claiming import REASON, Claim, OutdatedAttemptError, next_version_of
from reports.signals import report_owed

MAIL = "report_failed"
LOG = logging.getLogger(__name__)


class StepFailedError(Exception):
    """A step failed, and the failure is recorded; the worker continues with the next report."""


@contextmanager
def failing(claim: Claim, step: FailedStep, at: datetime) -> Iterator[None]:
    """One step of an attempt: an error ends the attempt and is recorded. Raises StepFailedError for it."""
    try:
        yield
    except OutdatedAttemptError:
        raise
    except Exception as fault:
        _log(claim, step, fault)
        _write_down(claim, step, type(fault).__name__, at)
        raise StepFailedError(f"report {claim.report.pk}: {step}") from None


def give_up_dead_attempts(*, at: datetime) -> None:
    """Stop every report whose last allowed attempt ended without a result: its worker died each time."""
    for report in BoardReport.objects.free(at=at).filter(tries__gte=MOST_TRIES).select_related("trial"):
        _write_down(Claim(report, report.attempt, at), FailedStep.WORKER, "", at)


def retry_report(*, report: BoardReport, by: User, at: datetime, reason: str) -> BoardReport:
    """Start a failed report again, with three more attempts. Frozen data stay frozen.

    Raises PermissionDenied, and ValidationError for a blank reason or a report that has not failed.
    """
    require(by=by, action=Action.RETRY_REPORT, trial_code=report.trial.code)
    again = {"failed_step": "", "fault": "", "tries": 0, "claimed_until": None}
    state = ReportState.FROZEN if report.snapshot_sha256 else ReportState.OWED
    with attributed(by=by, reason=reason, at=at):
        failed = BoardReport.objects.filter(pk=report.pk, state=ReportState.FAILED)
        if not failed.update(state=state, **again, **next_version_of(at)):
            raise ValidationError(gettext_lazy("Report: only one that could not be made is made again."))
        report_owed.send(sender=BoardReport, report_id=report.pk)
    return BoardReport.objects.select_related("trial").get(pk=report.pk)


def _write_down(claim: Claim, step: FailedStep, fault: str, at: datetime) -> None:
    """End the attempt; after the last one stop the report and send the mails.

    Outdated attempts change nothing.
    """
    with transaction.atomic(), attributed(by=system_user(), reason=REASON, at=at):
        unmade = BoardReport.objects.exclude(state__in=(ReportState.READY, ReportState.FAILED))
        mine = unmade.filter(pk=claim.report.pk, attempt=claim.attempt)
        if mine.filter(tries__lt=MOST_TRIES).update(claimed_until=None, **next_version_of(at)):
            return
        stopped = {"state": ReportState.FAILED, "failed_step": step, "fault": fault, "claimed_until": None}
        if mine.update(**stopped, **next_version_of(at)):
            _notify(claim, at)


def _notify(claim: Claim, at: datetime) -> None:
    """The data managers and the unblinded statisticians: the former can correct the data, the latter own the report."""
    people = user_ids_with(Action.RETRY_REPORT, trial_code=claim.report.trial.code)
    about = f"board report {claim.report.pk}, attempt {claim.attempt}"
    queue_mails(kind=MAIL, about=about, to=people, words={"report": claim.report.pk}, at=at)


def _log(claim: Claim, step: FailedStep, fault: Exception) -> None:
    """The kind of the error and where it occurred, without its text."""
    frames = traceback.extract_tb(fault.__traceback__)[-6:]
    places = "; ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)
    kind = type(fault).__name__
    LOG.error("report %s, attempt %s: %s, %s at %s", claim.report.pk, claim.attempt, step, kind, places)
