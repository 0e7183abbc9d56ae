"""The board's pages: reports and their readers, alerts of boundaries, and ad hoc reports that only the board knows of."""

from dsmb.views.alerts import alert, alerts
from dsmb.views.reports import document, index, report
from dsmb.views.sealed_reports import sealed_file, sealed_report, sealed_reports

__all__ = [
    "alert",
    "alerts",
    "document",
    "index",
    "report",
    "sealed_file",
    "sealed_report",
    "sealed_reports",
]
