"""The desk of the unblinded reporter. That an arm was opened is open; the arm and its effect are sealed."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import SealedModel, User
from audit.models import AuditedModel
from pharmacovigilance.choices import DeskOutcome, MessageProfile, ReportDestination, StepKind
from pharmacovigilance.models.cases import SafetyCase
from pharmacovigilance.models.obligations import Obligation
from trials.models import Participant, Trial


class CaseOpening(AuditedModel):
    """The arm was opened for one case by the desk: who, when, why. The same row whatever the arm is."""

    append_only = True

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+", verbose_name=_("trial"))
    case = models.OneToOneField(
        SafetyCase, on_delete=models.PROTECT, related_name="opening", verbose_name=_("safety case")
    )
    opened_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("opened by")
    )
    opened_at = models.DateTimeField(_("opened at"))
    reason = models.TextField(_("reason"))

    class Meta:
        verbose_name = _("opening of a case's arm")
        verbose_name_plural = _("openings of cases' arms")

    def __str__(self) -> str:
        return f"{self.case_id}"


class DeskRecord(SealedModel, AuditedModel):
    """Sealed: the effect of the opened arm on a case."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+", verbose_name=_("trial"))
    participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, related_name="+", verbose_name=_("participant")
    )
    case = models.OneToOneField(
        SafetyCase, on_delete=models.PROTECT, related_name="+", verbose_name=_("safety case")
    )
    arm_code = models.CharField(_("arm"), max_length=40, blank=True)
    outcome = models.CharField(_("what the arm makes of it"), max_length=15, choices=DeskOutcome)

    append_only = True

    class Meta(SealedModel.Meta):
        abstract = False
        verbose_name = _("case at the unblinded desk")
        verbose_name_plural = _("cases at the unblinded desk")

    def __str__(self) -> str:
        return f"{self.case_id}"


class DeskStep(SealedModel, AuditedModel):
    """Sealed: an act of the desk on an obligation that was given to it."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+", verbose_name=_("trial"))
    participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, related_name="+", verbose_name=_("participant")
    )
    record = models.ForeignKey(
        DeskRecord, on_delete=models.PROTECT, related_name="steps", verbose_name=_("case at the desk")
    )
    obligation = models.ForeignKey(
        Obligation, on_delete=models.PROTECT, related_name="+", verbose_name=_("obligation")
    )
    destination = models.CharField(_("destination"), max_length=20, choices=ReportDestination)
    kind = models.CharField(_("what"), max_length=15, choices=StepKind)
    done_at = models.DateTimeField(_("at"))
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    case_version = models.PositiveIntegerField(_("version of the case"), null=True, blank=True)
    reference = models.CharField(_("reference"), max_length=200, blank=True)
    text = models.TextField(_("in words"), blank=True)
    late_reason = models.TextField(_("why late"), blank=True)

    append_only = True

    class Meta(SealedModel.Meta):
        abstract = False
        verbose_name = _("step at the unblinded desk")
        verbose_name_plural = _("steps at the unblinded desk")

    def __str__(self) -> str:
        return f"{self.record_id} · {self.kind}"


class IcsrMessage(SealedModel, AuditedModel):
    """Sealed: a message of a signed version for an authority, with the product named, as it left or will leave.

    Whether it was sent and answered follows from the steps at the desk with its batch number.
    """

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+", verbose_name=_("trial"))
    participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, related_name="+", verbose_name=_("participant")
    )
    record = models.ForeignKey(
        DeskRecord, on_delete=models.PROTECT, related_name="messages", verbose_name=_("case at the desk")
    )
    obligation = models.ForeignKey(
        Obligation, on_delete=models.PROTECT, related_name="+", verbose_name=_("obligation")
    )
    case_version = models.PositiveIntegerField(_("version of the case"))
    profile = models.CharField(_("profile"), max_length=5, choices=MessageProfile)
    batch_number = models.CharField(_("batch number"), max_length=120, unique=True)
    content = models.TextField(_("content"))
    content_sha256 = models.CharField(_("SHA-256 of the content"), max_length=64)
    warnings = ArrayField(models.TextField(), default=list, blank=True, verbose_name=_("warnings"))
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made at"))

    append_only = True

    class Meta(SealedModel.Meta):
        abstract = False
        verbose_name = _("message to an authority")
        verbose_name_plural = _("messages to authorities")

    def __str__(self) -> str:
        return self.batch_number
