"""Sealed: the participants' own HLA typing, where the laboratory has it."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import SealedModel
from audit.models import VoidableModel
from immunology.models.sealed import read_specificity
from immunology.rules.targets import locus_of
from trials.models import Participant, Trial


class ParticipantTyping(SealedModel, VoidableModel):
    """One allele (or antigen) of a participant. Added, never edited; a wrong one is voided.

    Each laboratory has its own rows: a refusal must not mention a row that the account may not see.
    """

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+", verbose_name=_("trial"))
    participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, related_name="+", verbose_name=_("participant")
    )
    locus = models.CharField(_("locus"), max_length=10, blank=True)
    specificity = models.CharField(_("allele or antigen"), max_length=60)
    recorded_by_id = models.BigIntegerField(editable=False)

    class Meta(SealedModel.Meta):
        abstract = False
        verbose_name = _("participant's typing")
        verbose_name_plural = _("participants' typings")
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "specificity", "recorded_by_id"],
                condition=Q(voided_at=None),
                name="immunology_participanttyping_once",
                violation_error_message=_(
                    "Allele or antigen: you have recorded it already for this participant."
                ),
            ),
            VoidableModel.void_constraint("immunology_participanttyping_void_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} · {self.specificity}"

    def clean(self) -> None:
        """Check by the rules whether it is an HLA name, and at which locus."""
        if self.voided_at is not None:
            return
        (name, *others) = read_specificity(self.specificity)
        if others:
            raise ValidationError({"specificity": _("Allele or antigen: one chain per row.")})
        if self.locus and self.locus != locus_of(name):
            message = _("Locus: “%(value)s” is not the locus of %(name)s; that is %(locus)s.")
            params = {"value": self.locus, "name": name.text, "locus": locus_of(name)}
            raise ValidationError({"locus": message % params})
        self.locus, self.specificity = locus_of(name), name.text
