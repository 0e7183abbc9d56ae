"""The states of boundaries, the board's answers, and reports for the board only: all sealed.

A blinded person learns nothing from these tables: they are read under a clearance, their entries in the trail are
sealed, and the number of rows does not depend on whether a boundary prompts.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import SealedModel, User
from audit.models import AuditedModel, OutboxModel, OutboxQuerySet
from reports.choices import Recommendation, ReportFormat, ReportTrigger
from reports.models.reports import SnapshotField
from trials.models import Trial

CODE_LENGTH = 40


class BoundaryState(SealedModel, AuditedModel):
    """One coded arm at one boundary, from one change of its counts to the next.

    `is_alert` where the board was notified.

    There is a row for every change, not only for alerts, so that the growth of the trail does not depend on the arms.
    """

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+", verbose_name=_("trial"))
    boundary = models.CharField(_("boundary"), max_length=CODE_LENGTH)
    protocol_version = models.CharField(_("protocol version"), max_length=CODE_LENGTH)
    arm = models.CharField(_("coded arm"), max_length=1)
    against = models.CharField(_("compared with"), max_length=1, blank=True)
    sequence = models.PositiveIntegerField(help_text="Counted per boundary, arm and other arm.")
    affected = models.PositiveIntegerField(_("affected"))
    evaluable = models.PositiveIntegerField(_("treated"))
    affected_against = models.PositiveIntegerField(null=True)
    evaluable_against = models.PositiveIntegerField(null=True)
    evidence = models.FloatField(_("evidence"))
    prompts = models.BooleanField(_("prompts"))
    is_alert = models.BooleanField(_("the board was told"))

    append_only = True

    class Meta(SealedModel.Meta):
        abstract = False
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        constraints = [
            models.UniqueConstraint(
                fields=["trial", "boundary", "arm", "against", "sequence"], name="reports_boundarystate_once"
            ),
            models.CheckConstraint(
                condition=Q(affected__lte=F("evaluable")), name="reports_boundarystate_possible"
            ),
            models.CheckConstraint(
                condition=Q(is_alert=False) | Q(prompts=True), name="reports_boundarystate_alert_prompts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.boundary} · {self.arm}{self.against} · {self.sequence}"


class AlertAnswer(SealedModel, AuditedModel):
    """The board's answer to an alert: never changed; a later answer does not replace earlier ones."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+")
    alert = models.ForeignKey(BoundaryState, on_delete=models.PROTECT, related_name="answers")
    choice = models.CharField(_("answer"), max_length=10, choices=Recommendation)
    text = models.TextField(_("why"))
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(_("answered at"))

    append_only = True

    class Meta(SealedModel.Meta):
        abstract = False
        ordering = ["answered_at", "pk"]

    def __str__(self) -> str:
        return f"{self.alert_id} · {self.choice}"

    @property
    def recommendation(self) -> Recommendation:
        """The choice by its present name."""
        return Recommendation(self.choice)


class SealedReport(SealedModel, AuditedModel):
    """An ad hoc closed report whose existence is sealed: triggered by a boundary, the chair or the statistician.

    It has a number series of its own, so that the numbers of the other reports have no gap. From `shared_at` on every
    member of the board may read it; readers of open reports never may.
    """

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(_("number"))
    trigger = models.CharField(_("called for by"), max_length=10, choices=ReportTrigger)
    alert = models.OneToOneField(
        BoundaryState, on_delete=models.PROTECT, null=True, blank=True, related_name="report"
    )
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField(_("reason"))
    data_cutoff_at = models.DateTimeField(_("data cut-off"))
    content = SnapshotField(null=True, editable=False)
    sha256 = models.CharField(max_length=64, blank=True)
    ready_at = models.DateTimeField(_("ready at"), null=True, blank=True)
    shared_at = models.DateTimeField(_("shared with the board at"), null=True, blank=True)

    class Meta(SealedModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["trial", "number"], name="reports_sealedreport_number_once"),
            models.CheckConstraint(
                condition=Q(ready_at=None) | (Q(content__isnull=False) & ~Q(sha256="")),
                name="reports_sealedreport_ready_whole",
            ),
            models.CheckConstraint(
                condition=Q(trigger="boundary", alert__isnull=False, asked_by=None)
                | Q(trigger="request", asked_by__isnull=False),
                name="reports_sealedreport_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trial_id} · ad hoc {self.number}"


class SealedReportDocument(SealedModel, AuditedModel):
    """One rendered document of a sealed report."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+")
    report = models.ForeignKey(SealedReport, on_delete=models.PROTECT, related_name="documents")
    format = models.CharField(max_length=10, choices=ReportFormat)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)

    append_only = True

    class Meta(SealedModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["report", "format"], name="reports_sealedreportdocument_once")
        ]

    def __str__(self) -> str:
        return f"{self.report_id} · {self.format}"


class PortalNotice(OutboxModel):
    """The outbox of notices: something is available in the portal. It names neither subject nor trial."""

    recipient = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = OutboxQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.pk} · {self.recipient_id}"
