"""The right to make a report: the report's row is the job, and whoever comes late with an older number is refused.

A claim is one conditional update that raises the attempt's number and sets a lease. Within an attempt each kind of
documents is a part that one process has in hand at a time: a lock in the database says so, which ends with its
transaction, so that the dead hold nothing.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import F

from accounts.services import system_user
from audit.choices import standing_reason
from audit.services import attributed
from reports.choices import ReportKind, ReportState
from reports.models import LEASE, MOST_TRIES, BoardReport
from reports.models.reports import BoardReportQuerySet

REASON = standing_reason("The board's report is being made.")


class OutdatedAttemptError(Exception):
    """Somebody else has claimed the report since; what this attempt made is thrown away."""


@dataclass(frozen=True)
class Claim:
    """The right to make one report, under the number of this attempt, which began at `at`."""

    report: BoardReport
    attempt: int
    at: datetime


def claim_report(*, report_id: int, at: datetime) -> Claim | None:
    """Take the report, unless it is ready, failed, leased to somebody else, or was tried as often as may be."""
    with attributed(by=system_user(), reason=REASON, at=at):
        taken = BoardReport.objects.free(at=at).filter(pk=report_id, tries__lt=MOST_TRIES)
        raised = {"attempt": F("attempt") + 1, "tries": F("tries") + 1}
        if not taken.update(claimed_until=at + LEASE, **raised, **next_version_of(at)):
            return None
        report = BoardReport.objects.select_related("trial").get(pk=report_id)
    return Claim(report, report.attempt, at)


def claim_of_attempt(*, report_id: int, attempt: int) -> Claim | None:
    """The claim that somebody holds under this number, for whoever helps; None when it is over."""
    held = BoardReport.objects.filter(pk=report_id, attempt=attempt, state=ReportState.FROZEN)
    report = held.select_related("trial").first()
    if report is None or report.claimed_until is None:
        return None
    return Claim(report, attempt, report.claimed_until - LEASE)


def take_part(claim: Claim, kind: ReportKind) -> bool:
    """Whether nobody of this attempt is at the part, and the report still wants it. Ours until the transaction ends."""
    name = f"board report {claim.report.pk}, attempt {claim.attempt}, {kind.value}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        (is_ours,) = cursor.fetchone()
    return is_ours and _of_this_attempt(claim).exists()


def hold(claim: Claim) -> None:
    """Lock the report's row under this attempt's number: of two who keep parts, the second sees what the first has kept."""
    if not list(_of_this_attempt(claim).select_for_update(no_key=True).values_list("pk", flat=True)):
        raise _too_late(claim)


def advance(claim: Claim, at: datetime, **fields: object) -> None:
    """Write to the report's row under this attempt's number only."""
    if not _of_this_attempt(claim).update(**fields, **next_version_of(at)):
        raise _too_late(claim)


def _of_this_attempt(claim: Claim) -> BoardReportQuerySet:
    """The report's row, as long as it is to be made under this attempt's number."""
    mine = BoardReport.objects.filter(pk=claim.report.pk, attempt=claim.attempt)
    return mine.exclude(state__in=(ReportState.READY, ReportState.FAILED))


def _too_late(claim: Claim) -> OutdatedAttemptError:
    return OutdatedAttemptError(f"report {claim.report.pk}: attempt {claim.attempt} comes too late.")


def next_version_of(at: datetime) -> dict[str, object]:
    """What every update of a report's row changes besides."""
    return {"changed_at": at, "version": F("version") + 1}
