"""The terms of CTCAE."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from audit.models import FollowedModel


class CtcaeTerm(FollowedModel):
    """One term of one CTCAE version with its grades; NCI's wording once `load_ctcae` has read it."""

    trail_needs_a_name = False  # published facts: a manual load is recorded, not refused

    ctcae_version = models.CharField(_("CTCAE version"), max_length=5)
    code = models.CharField(_("MedDRA code"), max_length=8)
    soc = models.CharField(_("system organ class"), max_length=100)
    term = models.CharField(_("term"), max_length=150)
    grades = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("grades"))
    is_other = models.BooleanField(_("needs to be specified"), default=False)
    grade_wording = models.JSONField(_("wording of the grades"), default=dict, blank=True)
    definition = models.TextField(_("definition"), blank=True)
    note = models.TextField(_("navigational note"), blank=True)

    class Meta:
        verbose_name = _("CTCAE term")
        verbose_name_plural = _("CTCAE terms")
        ordering = ["ctcae_version", "term"]
        constraints = [
            models.UniqueConstraint(fields=["ctcae_version", "code"], name="events_ctcaeterm_once")
        ]

    def __str__(self) -> str:
        return self.term
