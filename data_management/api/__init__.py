"""Data management over HTTP: queries, with everything said, and their steps."""

from data_management.api.data_queries import DataQueryViewSet

ROUTES = (("queries", DataQueryViewSet),)
