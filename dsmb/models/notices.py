"""The public facts of a meeting: not sealed, because nothing here is made from sealed rows.

A notice does not refer to its meeting (the meeting refers to it), so that neither its number nor its id reveals how
many meetings there were.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.models import AuditedModel, OutboxModel, OutboxQuerySet
from dsmb.choices import Answer, LetterFormat, NoticeMessageKind
from reports.choices import Recommendation
from trials.models import Trial


class MeetingNotice(AuditedModel):
    """The fact that the board met, and, once the open letter is sent, its recommendation.

    For a planned look it is published when the meeting is opened, for any other meeting when the letter is sent.
    """

    trial = models.ForeignKey(
        Trial, on_delete=models.PROTECT, related_name="board_notices", verbose_name=_("trial")
    )
    number = models.PositiveIntegerField(_("notice number"), help_text=_("Counted within the trial."))
    look = models.PositiveIntegerField(_("look"), null=True, blank=True)
    held_on = models.DateField(_("held on"))
    recommendation = models.CharField(_("recommendation"), max_length=12, choices=Recommendation, blank=True)
    conditions = models.TextField(_("conditions"), blank=True)
    open_minutes = models.TextField(_("open minutes"), blank=True)
    open_minutes_sha256 = models.CharField(max_length=64, blank=True)
    chair_name = models.CharField(_("signed by"), max_length=150, blank=True)
    signed_at = models.DateTimeField(_("signed at"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    answer_due_date = models.DateField(_("answer due"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice of a board meeting")
        verbose_name_plural = _("notices of board meetings")
        constraints = [
            models.UniqueConstraint(fields=["trial", "number"], name="dsmb_meetingnotice_number_once"),
            models.CheckConstraint(
                condition=Q(sent_at=None, recommendation="", signed_at=None, open_minutes="")
                | (Q(sent_at__isnull=False, signed_at__isnull=False) & ~Q(recommendation="")),
                name="dsmb_meetingnotice_sent_whole",
            ),
            models.CheckConstraint(
                condition=Q(look__isnull=False) | Q(sent_at__isnull=False),
                name="dsmb_meetingnotice_ad_hoc_only_when_sent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trial_id} · {self.number}"


class LetterDocument(AuditedModel):
    """The open letter in one language and format, as archived when it was sent."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+")
    notice = models.ForeignKey(MeetingNotice, on_delete=models.PROTECT, related_name="letters")
    language = models.CharField(max_length=5)
    format = models.CharField(max_length=10, choices=LetterFormat)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)

    append_only = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "language", "format"], name="dsmb_letterdocument_once")
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} · {self.language} · {self.format}"


class SponsorAnswer(AuditedModel):
    """An answer of the sponsor. A later answer does not replace the earlier row; the last one is in force."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+")
    notice = models.ForeignKey(MeetingNotice, on_delete=models.PROTECT, related_name="answers")
    number = models.PositiveSmallIntegerField()
    answer = models.CharField(_("answer"), max_length=10, choices=Answer)
    text = models.TextField(_("what the sponsor will do, and why"), max_length=8000)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()

    append_only = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "number"], name="dsmb_sponsoranswer_once"),
            models.CheckConstraint(
                condition=~Q(text=""),
                name="dsmb_sponsoranswer_says_why",
                violation_error_message=_("What the sponsor will do: must not be empty."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} · {self.number}"


class NoticeMessage(OutboxModel):
    """The outbox of letters: one message of one kind and number to one reader, with the times of sending and reading."""

    notice = models.ForeignKey(MeetingNotice, on_delete=models.PROTECT, related_name="messages")
    recipient = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=NoticeMessageKind)
    number = models.PositiveIntegerField(default=1)
    read_at = models.DateTimeField(null=True, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "recipient", "kind", "number"], name="dsmb_noticemessage_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} · {self.recipient_id} · {self.kind} {self.number}"
