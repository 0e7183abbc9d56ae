"""Sealed: protocol deviations that concern the product."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import SealedModel
from assessments.models.deviations import DeviationRecord
from audit.models import VoidableModel
from product.choices import ProductDeviationCategory
from trials.models.design import Trial
from trials.models.participants import Participant


class ProductDeviation(SealedModel, DeviationRecord):
    """A deviation that concerns the product, its dose or its batch."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+", verbose_name=_("trial"))
    participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, related_name="+", verbose_name=_("participant")
    )
    category = models.CharField(_("category"), max_length=24, choices=ProductDeviationCategory)

    class Meta(SealedModel.Meta):
        abstract = False
        verbose_name = _("product deviation")
        verbose_name_plural = _("product deviations")
        constraints = [VoidableModel.void_constraint("product_productdeviation_void_reason")]

    def __str__(self) -> str:
        return f"{self.pk} · {self.category}"

    def clean(self) -> None:
        if self.participant_id is None or self.voided_at is not None or not self.occurred:
            return
        self.derive_and_judge(trial=self.participant.trial, participant=self.participant)
