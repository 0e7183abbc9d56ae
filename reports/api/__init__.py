from reports.api.alerts import AlertViewSet
from reports.api.reports import BoardReportViewSet

__all__ = [
    "AlertViewSet",
    "BoardReportViewSet",
]
