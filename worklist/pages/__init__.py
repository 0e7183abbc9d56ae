"""The first page of every role: what is due now, what is due today, what waits for others."""

from worklist.pages.items import Section, State, WorkItem
from worklist.pages.scope import Place, place_of
from worklist.pages.sections import Worklist, worklist_of

__all__ = ["Place", "Section", "State", "WorkItem", "Worklist", "place_of", "worklist_of"]
