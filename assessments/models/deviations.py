"""Protocol deviations.

Those that concern the product are in a sealed table, recorded by the cell-therapy unit.
"""

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.choices import DeviationCategory, Importance
from assessments.rules import DeviationFacts, deviation_refusals
from audit.models import VoidableModel
from partial_dates import parse_partial
from partial_dates.refusals import Refusal, RefusalError
from trials.models.design import Site, Trial
from trials.models.participants import Participant
from webkit.refusals import raise_refusals

OCCURRED_HELP = _("As exactly as known: 2020, 2020-04, 2020-04-06 or 2020-04-06T03:40.")


class ProtocolDeviationQuerySet(models.QuerySet["ProtocolDeviation"]):
    """Filters of protocol deviations."""

    def standing(self) -> "ProtocolDeviationQuerySet":
        return self.filter(voided_at=None)


class DeviationRecord(VoidableModel):
    """The fields of both kinds: importance, time, description, action."""

    importance = models.CharField(_("importance"), max_length=5, choices=Importance)
    occurred = models.CharField(_("when"), max_length=32, help_text=OCCURRED_HELP)
    occurred_earliest_at = models.DateTimeField(null=True, blank=True, editable=False)
    occurred_latest_at = models.DateTimeField(null=True, blank=True, editable=False)
    description = models.TextField(_("what happened"), max_length=2000)
    action_taken = models.TextField(_("what was done"), max_length=2000, blank=True)

    if TYPE_CHECKING:
        trial: models.ForeignKey[Trial, Trial]

    class Meta:
        abstract = True

    def derive_and_judge(self, *, trial: Trial, participant: Participant | None) -> None:
        """Derive the limits of the time and check the rules. Raises ValidationError per field."""
        try:
            moment = parse_partial(self.occurred, trial.timezone, field=str(_("When")))
        except RefusalError as error:
            raise_refusals((Refusal("occurred", r.message, r.params) for r in error.refusals), type(self))
            raise
        self.occurred_earliest_at, self.occurred_latest_at = moment.earliest, moment.latest
        facts = DeviationFacts(
            description=self.description,
            occurred=moment,
            screened=participant.screened_date if participant else None,
            zone=trial.timezone,
        )
        raise_refusals(deviation_refusals(facts), type(self))


class ProtocolDeviation(DeviationRecord):
    """A deviation that blinded people may know; of one participant, or of the site as a whole."""

    trial = models.ForeignKey(
        Trial, on_delete=models.PROTECT, related_name="protocol_deviations", verbose_name=_("trial")
    )
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, related_name="protocol_deviations", verbose_name=_("site")
    )
    participant = models.ForeignKey(
        Participant,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="protocol_deviations",
        verbose_name=_("participant"),
    )
    category = models.CharField(_("category"), max_length=24, choices=DeviationCategory)

    objects = ProtocolDeviationQuerySet.as_manager()

    class Meta:
        verbose_name = _("protocol deviation")
        verbose_name_plural = _("protocol deviations")
        indexes = [models.Index(fields=["trial", "changed_at"], name="assessments_deviation_changed")]
        constraints = [VoidableModel.void_constraint("assessments_protocoldeviation_void_reason")]

    def __str__(self) -> str:
        return f"{self.pk} · {self.category}"

    def clean(self) -> None:
        if self.site_id is None or self.voided_at is not None or not self.occurred:
            return
        if self.participant is not None and self.participant.site_id != self.site_id:
            raise ValidationError({"participant": _("Participant: belongs to another site.")})
        self.derive_and_judge(trial=self.site.trial, participant=self.participant)
