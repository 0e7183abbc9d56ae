"""The first page of every role: what is due now, what is due today, what waits for others."""

from safety_monitor.worklist.items import Section, State, WorkItem
from safety_monitor.worklist.pages import Worklist, worklist_of
from safety_monitor.worklist.place import Place, place_of

__all__ = ["Place", "Section", "State", "WorkItem", "Worklist", "place_of", "worklist_of"]
