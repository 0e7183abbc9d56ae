"""The forms of the board's portal."""

from dsmb.forms.meeting import (
    AttendanceForm,
    CloseVoteForm,
    ConditionsForm,
    ConfirmForm,
    ExcuseForm,
    MinutesForm,
    MotionForm,
    PageForm,
    ReasonForm,
    RecommendForm,
    SignMeetingForm,
    StatementForm,
    VoteForm,
    excusable,
    offered,
)
from dsmb.forms.portal import (
    CommentForm,
    PlanForm,
    SponsorAnswerForm,
    TakeBackCommentForm,
    default_agenda,
    report_label,
)
from dsmb.forms.shape import answers_of

__all__ = [
    "AttendanceForm",
    "CloseVoteForm",
    "CommentForm",
    "ConditionsForm",
    "ConfirmForm",
    "ExcuseForm",
    "MinutesForm",
    "MotionForm",
    "PageForm",
    "PlanForm",
    "ReasonForm",
    "RecommendForm",
    "SignMeetingForm",
    "SponsorAnswerForm",
    "StatementForm",
    "TakeBackCommentForm",
    "VoteForm",
    "answers_of",
    "default_agenda",
    "excusable",
    "offered",
    "report_label",
]
