"""The board's app over HTTP: each resource and the path it answers on."""

from dsmb.api.recommendations import MeetingNoticeViewSet

ROUTES = [
    ("dsmb-reports", BoardReportViewSet),
    ("board-recommendations", MeetingNoticeViewSet),
    ("alerts", AlertViewSet),
]
