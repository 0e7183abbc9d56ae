"""The first page of every role: what is due now, what is due today, what waits for others."""

from worklist.pages.items import State, WorkItem, WorklistSection
from worklist.pages.scope import WorklistScope, scope_of
from worklist.pages.sections import Worklist, worklist_of

__all__ = ["State", "WorkItem", "Worklist", "WorklistScope", "WorklistSection", "scope_of", "worklist_of"]
