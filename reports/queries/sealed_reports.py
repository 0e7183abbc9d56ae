"""Ad hoc reports for the board only."""

from django.db.models import QuerySet

from reports.models import SealedReport
from trials.models import Trial


def sealed_reports_for(*, trial: Trial, shared_only: bool) -> tuple[SealedReport, ...]:
    """The sealed reports of a trial, the newest first, without their content. Needs a clearance."""
    return tuple(_sealed(trial, shared_only).order_by("-number"))


def sealed_report_of(*, trial: Trial, sealed_id: int, shared_only: bool) -> SealedReport:
    """One of them. Raises SealedReport.DoesNotExist."""
    return _sealed(trial, shared_only).get(pk=sealed_id)


def _sealed(trial: Trial, shared_only: bool) -> QuerySet[SealedReport]:
    rows = SealedReport.objects.filter(trial=trial).defer("content").select_related("asked_by")
    return rows.filter(shared_at__isnull=False) if shared_only else rows
