"""The board's rows: reports and what was frozen and rendered for them."""

from dsmb.models.reports import (
    LEASE,
    BoardMessage,
    BoardReport,
    ReportDocument,
    ReportSnapshot,
    ReportView,
)

__all__ = [
    "LEASE",
    "BoardMessage",
    "BoardReport",
    "ReportDocument",
    "ReportSnapshot",
    "ReportView",
]
