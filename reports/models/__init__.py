"""Reports and their snapshots; sealed: states of boundaries, alerts, reports for the board only."""

from reports.models.alerts import AlertAnswer, BoundaryState, PortalNotice, SealedReport, SealedReportDocument
from reports.models.reports import (
    LEASE,
    MOST_TRIES,
    BoardMessage,
    BoardReport,
    ReportDocument,
    ReportSnapshot,
    ReportView,
)

__all__ = [
    "LEASE",
    "MOST_TRIES",
    "AlertAnswer",
    "BoardMessage",
    "BoardReport",
    "BoundaryState",
    "PortalNotice",
    "ReportDocument",
    "ReportSnapshot",
    "ReportView",
    "SealedReport",
    "SealedReportDocument",
]
