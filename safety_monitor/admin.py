"""Pages registered at the top of the house, because they read across apps."""

from safety_monitor.trail import EntryAdmin

__all__ = ["EntryAdmin"]
