"""The board's pages: reports, alerts, ad hoc reports, meetings, comments, and published notices."""

from dsmb.views.alerts import alert, alerts
from dsmb.views.comments import comments, take_back_comment
from dsmb.views.meetings import meeting, plan, verb
from dsmb.views.notices import answer, letter, notice
from dsmb.views.reports import document, index, report
from dsmb.views.sealed_reports import sealed_file, sealed_report, sealed_reports
from dsmb.views.versions import correct, retry

__all__ = [
    "alert",
    "alerts",
    "answer",
    "comments",
    "correct",
    "document",
    "index",
    "letter",
    "meeting",
    "notice",
    "plan",
    "report",
    "retry",
    "sealed_file",
    "sealed_report",
    "sealed_reports",
    "take_back_comment",
    "verb",
]
