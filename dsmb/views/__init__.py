"""The board's pages: reports and their readers, meetings, comments, and what leaves the closed room."""

from dsmb.views.comments import comments, take_back
from dsmb.views.meetings import meeting, plan, verb
from dsmb.views.notices import answer, letter, notice
from dsmb.views.reports import document, index, report

__all__ = [
    "answer",
    "comments",
    "document",
    "index",
    "letter",
    "meeting",
    "notice",
    "plan",
    "report",
    "take_back",
    "verb",
]
