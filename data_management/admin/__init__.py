"""Pages of the audit trail, of queries and verification, of what is missing, and what stands above lists and on records."""

from data_management.admin import desk_lines, lists, missing_pages, navigation, record_notes
from data_management.admin.list_exports import ListExportAdmin
from data_management.admin.queries import DataQueryAdmin
from data_management.admin.trail import EntryAdmin
from data_management.admin.verification import SourceVerificationAdmin

__all__ = [
    "DataQueryAdmin",
    "EntryAdmin",
    "ListExportAdmin",
    "SourceVerificationAdmin",
    "desk_lines",
    "lists",
    "missing_pages",
    "navigation",
    "record_notes",
]
