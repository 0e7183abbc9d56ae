"""The board's rows: reports and what was frozen and rendered for them; sealed: where boundaries stand, and answers."""

from dsmb.models.alerts import (
    AlertAnswer,
    BoundaryState,
    PortalNotice,
    SealedReport,
    SealedReportDocument,
)
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
