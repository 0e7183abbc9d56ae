"""The board's rows: reports and what was frozen and rendered for them, meetings and what leaves them; sealed: where
boundaries stand, and answers.
"""

from dsmb.models.alerts import (
    AlertAnswer,
    BoundaryState,
    PortalNotice,
    SealedReport,
    SealedReportDocument,
)
from dsmb.models.discussion import BoardComment, MeetingMinutes, MeetingSignature
from dsmb.models.meetings import (
    AgendaItem,
    Attendance,
    BoardMeeting,
    BoardMotion,
    BoardVote,
    ConflictStatement,
    MeetingReport,
)
from dsmb.models.notices import LetterDocument, MeetingNotice, NoticeMessage, SponsorAnswer
from dsmb.models.reports import (
    LEASE,
    MOST_TRIES,
    BoardMessage,
    BoardReport,
    ReportDocument,
    ReportSnapshot,
    ReportView,
)

__all__ = [
    "LEASE",
    "MOST_TRIES",
    "AgendaItem",
    "AlertAnswer",
    "Attendance",
    "BoardComment",
    "BoardMeeting",
    "BoardMessage",
    "BoardMotion",
    "BoardReport",
    "BoardVote",
    "BoundaryState",
    "ConflictStatement",
    "LetterDocument",
    "MeetingMinutes",
    "MeetingNotice",
    "MeetingReport",
    "MeetingSignature",
    "NoticeMessage",
    "PortalNotice",
    "ReportDocument",
    "ReportSnapshot",
    "ReportView",
    "SealedReport",
    "SealedReportDocument",
    "SponsorAnswer",
]
