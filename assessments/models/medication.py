"""Medication other than the study product: drug, route, dates and reason."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments.choices import MedicationRoute
from assessments.models.deviations import OCCURRED_HELP
from assessments.rules import medication_refusals
from audit.models import VoidableModel
from partial_dates import PartialMoment, parse_partial
from partial_dates.refusals import Refusal, RefusalError
from trials.models.design import Trial
from trials.models.participants import Participant
from webkit.refusals import raise_refusals


class MedicationQuerySet(models.QuerySet["Medication"]):
    """Filters of medication."""

    def standing(self) -> "MedicationQuerySet":
        return self.filter(voided_at=None)


class Medication(VoidableModel):
    """One drug of one participant. An empty end is unknown or not yet; it does not mean "ended"."""

    trial = models.ForeignKey(
        Trial, on_delete=models.PROTECT, related_name="medications", verbose_name=_("trial")
    )
    participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, related_name="medications", verbose_name=_("participant")
    )
    drug = models.CharField(_("drug"), max_length=120, help_text=_("Never the study product."))
    dose = models.DecimalField(_("dose"), max_digits=16, decimal_places=6, null=True, blank=True)
    dose_unit = models.CharField(_("unit of the dose"), max_length=24, blank=True)
    route = models.CharField(_("route"), max_length=30, choices=MedicationRoute, blank=True)
    started = models.CharField(_("from"), max_length=32, help_text=OCCURRED_HELP)
    started_earliest_at = models.DateTimeField(null=True, blank=True, editable=False)
    started_latest_at = models.DateTimeField(null=True, blank=True, editable=False)
    ended = models.CharField(
        _("to"), max_length=32, blank=True, help_text=_("Empty while it is still given.")
    )
    ended_earliest_at = models.DateTimeField(null=True, blank=True, editable=False)
    ended_latest_at = models.DateTimeField(null=True, blank=True, editable=False)
    indication = models.CharField(_("reason for it"), max_length=500, blank=True)

    objects = MedicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("medication")
        verbose_name_plural = _("medications")
        indexes = [models.Index(fields=["trial", "changed_at"], name="assessments_med_changed")]
        constraints = [
            models.CheckConstraint(
                condition=Q(dose=None) | Q(dose__gt=0),
                name="assessments_medication_dose",
                violation_error_message=_("Dose: above 0; leave it empty when it is not known."),
            ),
            VoidableModel.void_constraint("assessments_medication_void_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} · {self.drug} · {self.started}"

    def clean(self) -> None:
        """Derive the limits of the times and check the rules. Raises ValidationError per field."""
        if self.participant_id is None or self.voided_at is not None or not self.started:
            return
        started, ended = self._moment("started"), self._moment("ended") if self.ended else None
        self.started_earliest_at, self.started_latest_at = started.earliest, started.latest
        self.ended_earliest_at = ended.earliest if ended else None
        self.ended_latest_at = ended.latest if ended else None
        refusals = medication_refusals(
            started=started,
            ended=ended,
            died=self.participant.death_moment(),
            dose=self.dose,
            dose_unit=self.dose_unit,
        )
        raise_refusals(refusals, type(self))

    def _moment(self, field: str) -> PartialMoment:
        label = str(self._meta.get_field(field).verbose_name).capitalize()  # type: ignore[union-attr]
        try:
            return parse_partial(getattr(self, field), self.participant.trial.timezone, field=label)
        except RefusalError as error:
            raise_refusals((Refusal(field, r.message, r.params) for r in error.refusals), type(self))
            raise
