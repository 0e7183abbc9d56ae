"""Laboratory results: a value as the laboratory reported it, with its own limits. The same in every arm."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from assessments.models.deviations import OCCURRED_HELP
from assessments.rules import result_refusals
from audit.models import VoidableModel
from partial_dates import parse_partial
from partial_dates.refusals import Refusal, RefusalError
from trials.models.design import Trial
from trials.models.participants import Participant
from webkit.refusals import raise_refusals


class LaboratoryResultQuerySet(models.QuerySet["LaboratoryResult"]):
    """Filters of laboratory results."""

    def standing(self) -> "LaboratoryResultQuerySet":
        return self.filter(voided_at=None)


class LaboratoryResult(VoidableModel):
    """One value of one test of one participant, in the laboratory's unit and with its reference limits."""

    trial = models.ForeignKey(
        Trial, on_delete=models.PROTECT, related_name="laboratory_results", verbose_name=_("trial")
    )
    participant = models.ForeignKey(
        Participant,
        on_delete=models.PROTECT,
        related_name="laboratory_results",
        verbose_name=_("participant"),
    )
    test = models.CharField(_("test"), max_length=80, help_text=_("As the laboratory names it."))
    value = models.DecimalField(_("value"), max_digits=16, decimal_places=6)
    unit = models.CharField(
        _("unit"),
        max_length=24,
        blank=True,
        help_text=_("As the laboratory writes it; empty for a ratio or a pH."),
    )
    lower_limit = models.DecimalField(
        _("lower reference limit"), max_digits=16, decimal_places=6, null=True, blank=True
    )
    upper_limit = models.DecimalField(
        _("upper reference limit"), max_digits=16, decimal_places=6, null=True, blank=True
    )
    sampled = models.CharField(_("sampled"), max_length=32, help_text=OCCURRED_HELP)
    sampled_earliest_at = models.DateTimeField(null=True, blank=True, editable=False)
    sampled_latest_at = models.DateTimeField(null=True, blank=True, editable=False)
    is_baseline = models.BooleanField(
        _("baseline"), default=False, help_text=_("The value that later ones are compared with.")
    )
    remark = models.CharField(_("remark"), max_length=500, blank=True)

    objects = LaboratoryResultQuerySet.as_manager()

    class Meta:
        verbose_name = _("laboratory result")
        verbose_name_plural = _("laboratory results")
        indexes = [models.Index(fields=["trial", "changed_at"], name="assessments_lab_changed")]
        constraints = [
            models.UniqueConstraint(
                "participant",
                Lower("test"),
                condition=Q(is_baseline=True, voided_at=None),
                name="assessments_laboratoryresult_one_baseline",
                violation_error_message=_("Baseline: this participant has one for this test already."),
            ),
            models.CheckConstraint(
                condition=Q(lower_limit=None)
                | Q(upper_limit=None)
                | Q(lower_limit__lte=models.F("upper_limit")),
                name="assessments_laboratoryresult_limits",
                violation_error_message=_("Lower limit: not above the upper limit."),
            ),
            VoidableModel.void_constraint("assessments_laboratoryresult_void_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} · {self.test} · {self.sampled}"

    def clean(self) -> None:
        """Derive the limits of the time and check the rules. Raises ValidationError per field."""
        if self.participant_id is None or self.voided_at is not None or not self.sampled:
            return
        zone = self.participant.trial.timezone
        try:
            moment = parse_partial(self.sampled, zone, field=str(_("Sampled")))
        except RefusalError as error:
            raise_refusals((Refusal("sampled", r.message, r.params) for r in error.refusals), type(self))
            raise
        self.sampled_earliest_at, self.sampled_latest_at = moment.earliest, moment.latest
        refusals = result_refusals(
            test=self.test,
            sampled=moment,
            died=self.participant.death_moment(),
            lower_limit=self.lower_limit,
            upper_limit=self.upper_limit,
        )
        raise_refusals(refusals, type(self))
