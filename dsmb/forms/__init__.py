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
    SignForm,
    StatementForm,
    VoteForm,
    excusable,
    offered,
)
from dsmb.forms.portal import (
    AnswerForm,
    CommentForm,
    PlanForm,
    TakeBackForm,
    default_agenda,
    report_label,
)
from dsmb.forms.shape import answers_of

__all__ = [
    "AnswerForm",
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
    "SignForm",
    "StatementForm",
    "TakeBackForm",
    "VoteForm",
    "answers_of",
    "default_agenda",
    "excusable",
    "offered",
    "report_label",
]
