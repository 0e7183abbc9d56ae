"""The first page of every role: due now, due today, and waiting for others."""

from worklist.pages.items import State, WorkItem, WorklistSection
from worklist.pages.scope import WorklistScope, scope_of
from worklist.pages.sections import Worklist, worklist_of

__all__ = ["State", "WorkItem", "Worklist", "WorklistScope", "WorklistSection", "scope_of", "worklist_of"]
