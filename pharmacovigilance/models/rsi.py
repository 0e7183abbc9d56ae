"""Reference safety information: versions with the day from which they are in force, and the expected terms."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audit.models import AuditedModel
from trials.models import Trial


class RsiVersion(AuditedModel):
    """One version, as loaded from its file.

    It is in force from its day on once it is signed, and never before.
    """

    append_only = True

    trial = models.ForeignKey(
        Trial, on_delete=models.PROTECT, related_name="rsi_versions", verbose_name=_("trial")
    )
    label = models.CharField(_("version"), max_length=40)
    effective_date = models.DateField(_("in force from"))
    source = models.TextField(_("source"))
    file_sha256 = models.CharField(_("SHA-256 of the file"), max_length=64)

    class Meta:
        verbose_name = _("reference safety information")
        verbose_name_plural = _("reference safety information")
        constraints = [
            models.UniqueConstraint(
                fields=["trial", "label"],
                name="pv_rsiversion_label_once",
                violation_error_message=_(
                    "Version: this version is loaded already, and a loaded version is never edited."
                ),
            ),
            models.UniqueConstraint(
                fields=["trial", "effective_date"],
                name="pv_rsiversion_day_once",
                violation_error_message=_("In force from: another version is in force from this day."),
            ),
            models.CheckConstraint(
                condition=~Q(source=""),
                name="pv_rsiversion_has_source",
                violation_error_message=_("Source: say which document this comes from."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trial_id} · {self.label}"


class RsiTerm(AuditedModel):
    """One expected term with the worst listed grade."""

    append_only = True

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+", verbose_name=_("trial"))
    version_of = models.ForeignKey(
        RsiVersion,
        on_delete=models.PROTECT,
        related_name="terms",
        verbose_name=_("reference safety information"),
    )
    dictionary = models.CharField(_("dictionary"), max_length=40)
    code = models.CharField(_("code"), max_length=20, blank=True)
    term = models.CharField(_("term"), max_length=250)
    worst_grade = models.PositiveSmallIntegerField(_("worst grade listed"))

    class Meta:
        verbose_name = _("expected term")
        verbose_name_plural = _("expected terms")
        constraints = [
            models.CheckConstraint(
                condition=Q(worst_grade__gte=1, worst_grade__lte=5),
                name="pv_rsiterm_grade_range",
                violation_error_message=_("Worst grade: 1 to 5."),
            ),
        ]

    def __str__(self) -> str:
        return self.term
