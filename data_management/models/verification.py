"""Source-data verification: that somebody compared one version of a record with the source, and what became of it since."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.models import AuditedModel
from trials.models import Participant, Site, Trial


class SourceVerification(AuditedModel):
    """A mark on one version of one open record. A later change leaves the mark on the older version, visibly."""

    stays_open_when_locked = True

    trial = models.ForeignKey(
        Trial, on_delete=models.PROTECT, related_name="source_verifications", verbose_name=_("trial")
    )
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, related_name="source_verifications", verbose_name=_("site")
    )
    participant = models.ForeignKey(
        Participant,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="source_verifications",
        verbose_name=_("participant"),
    )
    subject = models.CharField(_("kind of record"), max_length=80)
    subject_id = models.BigIntegerField(_("record"))
    subject_version = models.PositiveIntegerField(_("version that was verified"))
    verified_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("verified by")
    )
    verified_at = models.DateTimeField(_("verified at"))
    remark = models.CharField(_("remark"), max_length=300, blank=True)
    taken_back_at = models.DateTimeField(_("taken back at"), null=True, blank=True)
    taken_back_because = models.CharField(_("why taken back"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("source-data verification")
        verbose_name_plural = _("source-data verifications")
        indexes = [models.Index(fields=["subject", "subject_id"], name="data_management_sdv_subject")]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "subject_id", "subject_version"],
                condition=Q(taken_back_at=None),
                name="data_management_sdv_once",
                violation_error_message=_("Verification: this version is marked as verified already."),
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at=None, taken_back_because="")
                | (Q(taken_back_at__isnull=False) & ~Q(taken_back_because="")),
                name="data_management_sdv_taken_back_whole",
                violation_error_message=_("Why taken back: needed when a mark is taken back, and only then."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.subject_id} · {self.subject_version}"
