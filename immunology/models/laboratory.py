"""Sealed: the files that a laboratory uploaded, the runs in them, and every serum with its beads and quality."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import SealedModel
from audit.models import AuditedModel
from immunology.choices import Conjugate, RunQuality
from immunology.models.specimens import Specimen
from trials.models import Trial


class LaboratoryFile(SealedModel, AuditedModel):
    """A file as received: its bytes, their SHA-256, the laboratory, the account. Never changed."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+", verbose_name=_("trial"))
    laboratory = models.CharField(_("laboratory"), max_length=80)
    file_name = models.CharField(_("file"), max_length=200)
    file_format = models.CharField(_("format"), max_length=20)
    sha256 = models.CharField("SHA-256", max_length=64)
    content = models.BinaryField()
    lot_file_name = models.CharField(_("lot file"), max_length=200, blank=True)
    lot_file_sha256 = models.CharField(max_length=64, blank=True)
    lot_content = models.BinaryField(null=True)
    uploaded_by_id = models.BigIntegerField(editable=False)
    uploaded_at = models.DateTimeField(_("uploaded at"))

    trail_keeps_secret = ("content", "lot_content")

    class Meta(SealedModel.Meta):
        abstract = False
        verbose_name = _("laboratory file")
        verbose_name_plural = _("laboratory files")
        constraints = [
            models.UniqueConstraint(
                fields=["trial", "laboratory", "sha256", "lot_file_sha256"],
                name="immunology_laboratoryfile_once",
                violation_error_message=_("File: your laboratory uploaded it before."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} · {self.file_name}"


class AssayRun(SealedModel, AuditedModel):
    """One run of one kit: manufacturer, lot, class, instrument, and its limits."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+", verbose_name=_("trial"))
    file = models.ForeignKey(LaboratoryFile, on_delete=models.PROTECT, related_name="runs")
    run_code = models.CharField(_("run"), max_length=60)
    run_date = models.DateField(_("run on"), null=True, blank=True)
    vendor = models.CharField(_("manufacturer"), max_length=60)
    kit = models.CharField(_("kit"), max_length=60, blank=True)
    lot = models.CharField(_("lot"), max_length=60, blank=True)
    hla_class = models.CharField(_("HLA class"), max_length=2, blank=True)
    instrument = models.CharField(_("instrument"), max_length=60, blank=True)
    software = models.CharField(_("software"), max_length=80, blank=True)
    quality_rules = models.CharField(_("rules of quality"), max_length=40)
    limits = models.JSONField(_("limits"), default=dict)

    class Meta(SealedModel.Meta):
        abstract = False
        verbose_name = _("assay run")
        verbose_name_plural = _("assay runs")

    def __str__(self) -> str:
        return f"{self.pk} · {self.run_code}"


class SerumInRun(SealedModel, AuditedModel):
    """One serum in a run with every bead as read.

    Without a specimen of the trial's manifest it is in quarantine.

    A failed serum has no antibody results until it is excused: one person requests it with a reason, another one
    confirms.
    """

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+", verbose_name=_("trial"))
    run = models.ForeignKey(AssayRun, on_delete=models.PROTECT, related_name="sera", verbose_name=_("run"))
    specimen_code = models.CharField(_("number on the tube"), max_length=60)
    specimen = models.ForeignKey(
        Specimen,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("specimen"),
    )
    laboratory = models.CharField(_("laboratory"), max_length=80)
    well = models.CharField(_("well"), max_length=20, blank=True)
    conjugate = models.CharField(_("conjugate"), max_length=10, choices=Conjugate)
    dilution = models.DecimalField(_("dilution"), max_digits=8, decimal_places=1, default=1)
    treatment = models.CharField(_("serum treatment"), max_length=80, blank=True)
    positive_control_mfi = models.DecimalField(
        _("positive control (MFI)"), max_digits=9, decimal_places=2, null=True, blank=True
    )
    negative_control_mfi = models.DecimalField(
        _("negative control (MFI)"), max_digits=9, decimal_places=2, null=True, blank=True
    )
    beads = models.JSONField(_("beads"), default=list)
    quality = models.CharField(_("quality"), max_length=10, choices=RunQuality)
    quality_findings = models.JSONField(_("findings of quality"), default=list, blank=True)
    excuse_reason = models.TextField(_("why it is excused"), blank=True)
    excuse_asked_by_id = models.BigIntegerField(_("excuse asked for by"), null=True, editable=False)
    excuse_asked_at = models.DateTimeField(_("excuse asked at"), null=True, blank=True)
    excused_by_id = models.BigIntegerField(_("excused by"), null=True, editable=False)
    excused_at = models.DateTimeField(_("excused at"), null=True, blank=True)

    class Meta(SealedModel.Meta):
        abstract = False
        verbose_name = _("serum in a run")
        verbose_name_plural = _("sera in runs")
        constraints = [
            models.CheckConstraint(
                condition=Q(excused_by_id=None) | ~Q(excused_by_id=F("excuse_asked_by_id")),
                name="immunology_seruminrun_two_people",
                violation_error_message=_("Excuse: another person than the one who asked confirms it."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} · {self.specimen_code}"

    def clean(self) -> None:
        """An excuse has a reason."""
        if self.excuse_asked_by_id is not None and not self.excuse_reason.strip():
            raise ValidationError({"excuse_reason": _("Excuse: needs a reason.")})

    @property
    def counts(self) -> bool:
        """Whether its beads become antibody results: it is matched, and passed or excused."""
        return self.specimen_id is not None and (
            self.quality != RunQuality.FAILED or self.excused_at is not None
        )
