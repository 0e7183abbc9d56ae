"""The board's app over HTTP: each resource and the path it answers on."""

from dsmb.api.alerts import AlertViewSet
from dsmb.api.recommendations import MeetingNoticeViewSet
from dsmb.api.reports import BoardReportViewSet

ROUTES = [
    ("dsmb-reports", BoardReportViewSet),
    ("board-recommendations", MeetingNoticeViewSet),
    ("alerts", AlertViewSet),
]
