"""Blood products and other events after which antibodies against HLA can appear. The same in every arm."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments.choices import SensitiserKind
from assessments.models.deviations import OCCURRED_HELP
from assessments.rules import sensitiser_refusals
from audit.models import VoidableModel
from partial_dates import parse_partial
from partial_dates.refusals import Refusal, RefusalError
from trials.models.design import Trial
from trials.models.participants import Participant
from webkit.refusals import raise_refusals


class SensitisingEventQuerySet(models.QuerySet["SensitisingEvent"]):
    """Filters of sensitising events."""

    def standing(self) -> "SensitisingEventQuerySet":
        return self.filter(voided_at=None)


class SensitisingEvent(VoidableModel):
    """One blood product, or one other event, of one participant; also one of years before the trial."""

    trial = models.ForeignKey(
        Trial, on_delete=models.PROTECT, related_name="sensitising_events", verbose_name=_("trial")
    )
    participant = models.ForeignKey(
        Participant,
        on_delete=models.PROTECT,
        related_name="sensitising_events",
        verbose_name=_("participant"),
    )
    kind = models.CharField(
        _("product or event"), max_length=20, choices=SensitiserKind, help_text=_("Albumin is not recorded.")
    )
    occurred = models.CharField(_("when"), max_length=32, help_text=OCCURRED_HELP)
    occurred_earliest_at = models.DateTimeField(null=True, blank=True, editable=False)
    occurred_latest_at = models.DateTimeField(null=True, blank=True, editable=False)
    units = models.PositiveSmallIntegerField(
        _("units"), null=True, blank=True, help_text=_("Bags or doses; empty when not known.")
    )
    remark = models.CharField(_("reason or remark"), max_length=500, blank=True)

    objects = SensitisingEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("blood product or other sensitising event")
        verbose_name_plural = _("blood products and other sensitising events")
        indexes = [models.Index(fields=["trial", "changed_at"], name="assessments_sensitiser_changed")]
        constraints = [
            models.CheckConstraint(
                condition=Q(units=None) | Q(units__gte=1),
                name="assessments_sensitisingevent_units",
                violation_error_message=_("Units: at least 1; leave it empty when the number is not known."),
            ),
            VoidableModel.void_constraint("assessments_sensitisingevent_void_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} · {self.kind} · {self.occurred}"

    def clean(self) -> None:
        """Derive the limits of the time and check the rules. Raises ValidationError per field."""
        if self.participant_id is None or self.voided_at is not None or not self.occurred:
            return
        zone = self.participant.trial.timezone
        try:
            moment = parse_partial(self.occurred, zone, field=str(_("When")))
        except RefusalError as error:
            raise_refusals((Refusal("occurred", r.message, r.params) for r in error.refusals), type(self))
            raise
        self.occurred_earliest_at, self.occurred_latest_at = moment.earliest, moment.latest
        raise_refusals(sensitiser_refusals(moment, self.participant.death_moment()), type(self))
