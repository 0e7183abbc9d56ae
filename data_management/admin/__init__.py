"""Pages of the audit trail and the history of a record."""

from data_management.admin.trail import EntryAdmin

__all__ = [
    "EntryAdmin",
]
