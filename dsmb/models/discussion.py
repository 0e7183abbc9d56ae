"""Texts of members: comments on reports, minutes, and the chair's signature. Sealed."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import SealedModel, User
from audit.models import AuditedModel, VoidableModel
from dsmb.choices import Session
from dsmb.models.meetings import BoardMeeting
from reports.models.reports import BoardReport
from trials.models import Trial


class BoardComment(SealedModel, VoidableModel):
    """A member's comment on a report, or on one of its tables (`section`: the table's id).

    Answers are one level deep.
    """

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+")
    report = models.ForeignKey(BoardReport, on_delete=models.PROTECT, related_name="+")
    section = models.CharField(_("about"), max_length=60, blank=True)
    reply_to = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replies"
    )
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("comment"), max_length=4000)
    written_at = models.DateTimeField()

    class Meta(SealedModel.Meta):
        abstract = False
        constraints = [
            VoidableModel.void_constraint("dsmb_boardcomment_void"),
            models.CheckConstraint(
                condition=~Q(text=""),
                name="dsmb_boardcomment_says_something",
                violation_error_message=_("Comment: must not be empty."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} · {self.pk}"


class MeetingMinutes(SealedModel, AuditedModel):
    """One version of the open or the closed minutes. Each change is a new row; the old ones stay readable."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+")
    meeting = models.ForeignKey(BoardMeeting, on_delete=models.PROTECT, related_name="minutes")
    session = models.CharField(max_length=8, choices=Session)
    minutes_version = models.PositiveIntegerField()
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    append_only = True

    class Meta(SealedModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "session", "minutes_version"], name="dsmb_meetingminutes_version_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} · {self.session} · {self.minutes_version}"


class MeetingSignature(SealedModel, VoidableModel):
    """The chair's signature: printed name, time and meaning, bound by SHA-256 to recommendation and minutes.

    A later change of these voids it, visibly; at most one is valid.
    """

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+")
    meeting = models.ForeignKey(BoardMeeting, on_delete=models.PROTECT, related_name="signatures")
    open_minutes = models.ForeignKey(MeetingMinutes, on_delete=models.PROTECT, related_name="+")
    closed_minutes = models.ForeignKey(MeetingMinutes, on_delete=models.PROTECT, related_name="+")
    record_sha256 = models.CharField(max_length=64)
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    printed_name = models.CharField(_("name as printed"), max_length=150)
    meaning = models.CharField(max_length=300)
    signed_at = models.DateTimeField()

    class Meta(SealedModel.Meta):
        abstract = False
        constraints = [
            VoidableModel.void_constraint("dsmb_meetingsignature_void"),
            models.UniqueConstraint(
                fields=["meeting"], condition=Q(voided_at=None), name="dsmb_meetingsignature_one_stands"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} · {self.signed_at:%Y-%m-%d}"
