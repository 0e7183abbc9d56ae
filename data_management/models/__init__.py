"""Data queries with what was said, source-data verification, saved views of lists, and the log of exported lists."""

from data_management.models.data_queries import DataQuery, DataQueryQuerySet, QueryMessage
from data_management.models.lists import ListExport, SavedView
from data_management.models.verification import SourceVerification

__all__ = [
    "DataQuery",
    "DataQueryQuerySet",
    "ListExport",
    "QueryMessage",
    "SavedView",
    "SourceVerification",
]
