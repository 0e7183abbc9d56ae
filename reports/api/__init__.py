"""Board reports and alerts over HTTP: each resource and the path it answers on."""

from reports.api.alerts import AlertViewSet
from reports.api.reports import BoardReportViewSet

ROUTES = (
    ("dsmb-reports", BoardReportViewSet),
    ("alerts", AlertViewSet),
)
