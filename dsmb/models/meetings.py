"""The board's meetings. All of it is sealed.

The closed session may speak about arms, and the existence of a meeting may reveal that something has happened. The
public part is a notice (`dsmb.models.notices`).
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import SealedModel, User
from audit.models import AuditedModel
from dsmb.choices import Decision, MeetingState, Presence, Session
from dsmb.models.notices import MeetingNotice
from reports.choices import Recommendation
from reports.models.reports import BoardReport
from trials.models import Trial


class BoardMeeting(SealedModel, AuditedModel):
    """One meeting: its time, its state, its recommendation.

    Its reports, seats and votes are rows of their own.
    """

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(_("meeting number"))
    state = models.CharField(_("state"), max_length=12, choices=MeetingState, default=MeetingState.PLANNED)
    planned_at = models.DateTimeField(_("planned for"))
    closed_session_planned_at = models.DateTimeField(
        _("closed session planned for"),
        null=True,
        blank=True,
        help_text=_("Empty: straight after the open session."),
    )
    purpose = models.CharField(_("why the board meets"), max_length=500)
    guests = models.CharField(_("guests of the open session"), max_length=500, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True, editable=False)
    closed_session_at = models.DateTimeField(null=True, blank=True, editable=False)
    recommended_at = models.DateTimeField(null=True, blank=True, editable=False)
    recommendation = models.CharField(_("recommendation"), max_length=12, choices=Recommendation, blank=True)
    conditions = models.TextField(_("conditions"), blank=True)
    notice = models.OneToOneField(
        MeetingNotice, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    class Meta(SealedModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["trial", "number"], name="dsmb_boardmeeting_number_once"),
            models.CheckConstraint(
                condition=Q(closed_session_planned_at=None)
                | Q(closed_session_planned_at__gte=models.F("planned_at")),
                name="dsmb_boardmeeting_sessions_in_order",
                violation_error_message=_("Closed session: must not begin before the meeting."),
            ),
            models.CheckConstraint(
                condition=Q(recommendation="", recommended_at=None)
                | (~Q(recommendation="") & Q(recommended_at__isnull=False)),
                name="dsmb_boardmeeting_recommendation_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trial_id} · {self.number}"


class MeetingReport(SealedModel, AuditedModel):
    """A report that is discussed at a meeting."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+")
    meeting = models.ForeignKey(BoardMeeting, on_delete=models.PROTECT, related_name="reports")
    report = models.ForeignKey(BoardReport, on_delete=models.PROTECT, related_name="+")

    append_only = True

    class Meta(SealedModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["meeting", "report"], name="dsmb_meetingreport_once")]

    def __str__(self) -> str:
        return f"{self.meeting_id} · {self.report_id}"


class AgendaItem(SealedModel, AuditedModel):
    """One item of the agenda, in one session."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+")
    meeting = models.ForeignKey(BoardMeeting, on_delete=models.PROTECT, related_name="agenda")
    position = models.PositiveSmallIntegerField()
    session = models.CharField(max_length=8, choices=Session)
    text = models.CharField(max_length=300)

    append_only = True

    class Meta(SealedModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["meeting", "position"], name="dsmb_agendaitem_once")]

    def __str__(self) -> str:
        return f"{self.meeting_id} · {self.position}"


class Attendance(SealedModel, AuditedModel):
    """One member at one meeting: present or not, and excused from the vote or not. No row: not recorded."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+")
    meeting = models.ForeignKey(BoardMeeting, on_delete=models.PROTECT, related_name="attendance")
    member = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    presence = models.CharField(max_length=8, choices=Presence)
    excused_at = models.DateTimeField(null=True, blank=True)
    excuse_reason = models.CharField(max_length=500, blank=True)

    class Meta(SealedModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["meeting", "member"], name="dsmb_attendance_once"),
            models.CheckConstraint(
                condition=Q(excused_at=None, excuse_reason="")
                | (Q(excused_at__isnull=False) & ~Q(excuse_reason="")),
                name="dsmb_attendance_excuse_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} · {self.member_id}"


class ConflictStatement(SealedModel, AuditedModel):
    """One member's statement on conflicts of interest for one meeting.

    A changed statement is the next version.
    """

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+")
    meeting = models.ForeignKey(BoardMeeting, on_delete=models.PROTECT, related_name="statements")
    member = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    has_conflict = models.BooleanField()
    text = models.TextField(blank=True)
    stated_at = models.DateTimeField()

    class Meta(SealedModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["meeting", "member"], name="dsmb_conflictstatement_once"),
            models.CheckConstraint(
                condition=Q(has_conflict=False, text="") | (Q(has_conflict=True) & ~Q(text="")),
                name="dsmb_conflictstatement_says_which",
                violation_error_message=_(
                    "Conflict of interest: say which when there is one, and leave it empty when there is none."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} · {self.member_id}"


class BoardMotion(SealedModel, AuditedModel):
    """A motion; closed with its result. Several in a meeting follow each other."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+")
    meeting = models.ForeignKey(BoardMeeting, on_delete=models.PROTECT, related_name="motions")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    put_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    decided = models.CharField(max_length=12, choices=Recommendation, blank=True)
    how = models.CharField(max_length=12, choices=Decision, blank=True)
    counts = models.JSONField(
        default=dict, blank=True, help_text="Votes by choice, as counted when it was closed."
    )
    voters = models.JSONField(
        default=list, blank=True, help_text="Ids of the members whose votes were counted."
    )
    quorum_counted = models.PositiveSmallIntegerField(null=True, blank=True)
    quorum_required = models.PositiveSmallIntegerField(null=True, blank=True)
    quorum_note = models.CharField(max_length=500, blank=True)

    class Meta(SealedModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["meeting", "number"], name="dsmb_boardmotion_once"),
            models.UniqueConstraint(
                fields=["meeting"], condition=Q(closed_at=None), name="dsmb_boardmotion_one_open"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, how="")
                | (Q(closed_at__isnull=False, quorum_counted__isnull=False) & ~Q(how="")),
                name="dsmb_boardmotion_closed_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} · {self.number}"


class BoardVote(SealedModel, AuditedModel):
    """One member's vote on one motion; a changed vote is the next version of the same row."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+")
    motion = models.ForeignKey(BoardMotion, on_delete=models.PROTECT, related_name="votes")
    member = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    choice = models.CharField(max_length=12, choices=[*Recommendation.choices, ("abstain", _("Abstain"))])
    dissent = models.TextField(blank=True)
    cast_at = models.DateTimeField()

    class Meta(SealedModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["motion", "member"], name="dsmb_boardvote_once")]

    def __str__(self) -> str:
        return f"{self.motion_id} · {self.member_id}"
