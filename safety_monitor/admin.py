"""Pages registered at the top of the house, because they read across apps."""

from data_management.admin.trail import EntryAdmin

__all__ = ["EntryAdmin"]
