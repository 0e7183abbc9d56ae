"""The board's rows: meetings, discussion, notices; sealed except for the notices."""

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

__all__ = [
    "AgendaItem",
    "Attendance",
    "BoardComment",
    "BoardMeeting",
    "BoardMotion",
    "BoardVote",
    "ConflictStatement",
    "LetterDocument",
    "MeetingMinutes",
    "MeetingNotice",
    "MeetingReport",
    "MeetingSignature",
    "NoticeMessage",
    "SponsorAnswer",
]
