"""The right to make a report: the report's row is the job, and a worker with an older attempt number is refused.

A claim is one conditional update that raises the attempt number and sets a lease.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from accounts.services import system_user
from audit.choices import standing_reason
from audit.services import attributed
from reports.choices import ReportState
from reports.models import LEASE, MOST_TRIES, BoardReport

REASON = standing_reason("The board's report is being made.")


class OutdatedAttemptError(Exception):
    """Another worker has claimed the report since; the result of this attempt is discarded."""


@dataclass(frozen=True)
class Claim:
    """The right to make one report, under the number of this attempt, which began at `at`."""

    report: BoardReport
    attempt: int
    at: datetime


def claim_report(*, report_id: int, at: datetime) -> Claim | None:
    """Claim the report, unless it is ready, failed, leased to another worker, or has no attempts left."""
    with attributed(by=system_user(), reason=REASON, at=at):
        taken = BoardReport.objects.free(at=at).filter(pk=report_id, tries__lt=MOST_TRIES)
        raised = {"attempt": F("attempt") + 1, "tries": F("tries") + 1}
        if not taken.update(claimed_until=at + LEASE, **raised, **next_version_of(at)):
            return None
        report = BoardReport.objects.select_related("trial").get(pk=report_id)
    return Claim(report, report.attempt, at)


def update_claimed(claim: Claim, at: datetime, **fields: object) -> None:
    """Update the report's row, as long as this attempt's number is the current one. Locks the row.

    Raises OutdatedAttemptError when another worker claimed it since, it is ready, or it was given up.
    """
    mine = BoardReport.objects.filter(pk=claim.report.pk, attempt=claim.attempt)
    unmade = mine.exclude(state__in=(ReportState.READY, ReportState.FAILED))
    if not unmade.update(**fields, **next_version_of(at)):
        raise OutdatedAttemptError(f"report {claim.report.pk}: attempt {claim.attempt} comes too late.")


def next_version_of(at: datetime) -> dict[str, object]:
    """The further changes of every update of a report's row."""
    return {"changed_at": at, "version": F("version") + 1}
