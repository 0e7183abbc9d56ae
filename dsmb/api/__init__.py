"""The board's app over HTTP: each resource and the path it answers on."""

from dsmb.api.recommendations import MeetingNoticeViewSet

ROUTES = [
    ("board-recommendations", MeetingNoticeViewSet),
]
