"""The board's app over HTTP: each resource and the path it answers on."""

from dsmb.api.alerts import AlertViewSet
from dsmb.api.reports import BoardReportViewSet

ROUTES = [("dsmb-reports", BoardReportViewSet), ("alerts", AlertViewSet)]
