"""Specimens: logistics, the same for all."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from audit.models import VoidableModel
from immunology.choices import SpecimenKind
from immunology.rules.moments import judge_moments
from trials.choices import Source, TimePrecision
from trials.models import Participant, Trial
from webkit.refusals import raise_refusals


class Specimen(VoidableModel):
    """A tube: due, taken, received. Nothing here depends on the arm or on a result."""

    trial = models.ForeignKey(
        Trial, on_delete=models.PROTECT, related_name="specimens", verbose_name=_("trial")
    )
    participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, related_name="specimens", verbose_name=_("participant")
    )
    code = models.CharField(_("specimen"), max_length=60)
    planned_day = models.SmallIntegerField(
        _("planned day"), null=True, blank=True, help_text=_("Study day of the protocol: 0, 14 …")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=SpecimenKind, default=SpecimenKind.SERUM)
    collected_at = models.DateTimeField(_("taken at"))
    collected_precision = models.CharField(max_length=10, choices=TimePrecision, default=TimePrecision.MINUTE)
    received_at = models.DateTimeField(_("received at"), null=True, blank=True)
    condition_note = models.CharField(_("condition on receipt"), max_length=200, blank=True)
    source = models.CharField(max_length=10, choices=Source, default=Source.ENTRY, editable=False)

    judged_at: datetime | None = None
    """The time of judging: a door or a service sets it, so that `clean` can refuse a time in the future."""

    class Meta:
        verbose_name = _("specimen")
        verbose_name_plural = _("specimens")
        constraints = [
            models.UniqueConstraint(
                fields=["trial", "code"],
                name="immunology_specimen_code_once",
                violation_error_message=_("Specimen: this code is taken in the trial."),
            ),
            models.CheckConstraint(
                condition=Q(received_at=None) | Q(received_at__gte=F("collected_at")),
                name="immunology_specimen_received_after_taken",
                violation_error_message=_("Received at: a specimen cannot be received before it was taken."),
            ),
            VoidableModel.void_constraint("immunology_specimen_void_reason"),
        ]

    def __str__(self) -> str:
        return self.code

    def clean(self) -> None:
        """A tube is taken and received in the past, from a participant of its own trial."""
        if self.participant_id and self.trial_id and self.participant.trial_id != self.trial_id:
            raise ValidationError({"participant": _("Participant: belongs to another trial.")})
        moments = {"collected_at": self.collected_at, "received_at": self.received_at}
        raise_refusals(judge_moments(moments, now=self.judged_at), type(self))
