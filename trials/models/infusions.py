"""Infusions as given, or as not given."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from audit.models import VoidableModel
from trials.choices import InfusionStatus, Source, TimePrecision
from trials.models.design import ProtocolVersion, Trial
from trials.models.participants import Participant
from trials.rules.chronology import year_refusals
from trials.rules.infusions import InfusionFacts, OtherInfusion, Recipient, infusion_refusals
from webkit.refusals import raise_refusals

MOMENTS = ("started_at", "ended_at", "interrupted_at", "resumed_at")
KIT_TAKEN = _("Kit number: it is recorded for another infusion already.")


class InfusionQuerySet(models.QuerySet["Infusion"]):
    """Filters of infusions."""

    def standing(self) -> "InfusionQuerySet":
        return self.filter(voided_at=None)

    def given(self) -> "InfusionQuerySet":
        return self.standing().filter(status=InfusionStatus.GIVEN)


class Infusion(VoidableModel):
    """One infusion (or other dose) as given, or as not given.

    The product in the bag is sealed: `DispensedDose`.
    """

    trial = models.ForeignKey(
        Trial, on_delete=models.PROTECT, related_name="infusions", verbose_name=_("trial")
    )
    participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, related_name="infusions", verbose_name=_("participant")
    )
    number = models.PositiveSmallIntegerField(_("infusion number"))
    status = models.CharField(
        _("status"), max_length=10, choices=InfusionStatus, default=InfusionStatus.GIVEN
    )
    not_given_reason = models.TextField(_("why not given"), blank=True)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    start_precision = models.CharField(max_length=10, choices=TimePrecision, default=TimePrecision.MINUTE)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    end_precision = models.CharField(max_length=10, choices=TimePrecision, default=TimePrecision.MINUTE)
    interrupted = models.BooleanField(_("interrupted"), null=True, blank=True)
    interruption_reason = models.TextField(_("why interrupted"), blank=True)
    interrupted_at = models.DateTimeField(_("interrupted from"), null=True, blank=True)
    resumed_at = models.DateTimeField(_("interrupted to"), null=True, blank=True)
    volume_ml = models.DecimalField(
        _("volume given (mL)"), max_digits=6, decimal_places=1, null=True, blank=True
    )
    kit_number = models.CharField(_("kit number"), max_length=40, blank=True)
    source = models.CharField(max_length=10, choices=Source, default=Source.ENTRY, editable=False)

    objects = InfusionQuerySet.as_manager()

    class Meta:
        verbose_name = _("infusion")
        verbose_name_plural = _("infusions")
        indexes = [
            models.Index(fields=["trial", "-started_at", "-id"], name="trials_infusion_latest"),
            models.Index(fields=["trial", "changed_at"], name="trials_infusion_changed"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "number"],
                condition=Q(voided_at=None),
                name="trials_infusion_number_once",
                violation_error_message=_(
                    "Infusion number: this infusion is recorded already; correct it instead."
                ),
            ),
            models.CheckConstraint(
                condition=Q(status="given", started_at__isnull=False, not_given_reason="")
                | (Q(status="not_given", started_at=None, ended_at=None) & ~Q(not_given_reason="")),
                name="trials_infusion_given_or_reason",
                violation_error_message=_(
                    "Infusion: one that was given has a start; one that was not has a reason and no times."
                ),
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")),
                name="trials_infusion_ends_after_start",
                violation_error_message=_("Ended at: an infusion cannot end before it started."),
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1),
                name="trials_infusion_number_positive",
                violation_error_message=_("Infusion number: counted from 1."),
            ),
            models.UniqueConstraint(
                fields=["trial", "kit_number"],
                condition=Q(voided_at=None, status="given") & ~Q(kit_number=""),
                name="trials_infusion_kit_once",
                violation_error_message=KIT_TAKEN,
            ),
            VoidableModel.void_constraint("trials_infusion_void_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} · {self.number}"

    def clean(self) -> None:
        """Check by the rules whether it can have been given so, to this participant, among the other infusions."""
        if self.participant_id is None or self.number is None or self.voided_at is not None:
            return
        years = year_refusals({name: getattr(self, name) for name in MOMENTS})
        raise_refusals(years, type(self))
        participant = self.participant
        protocol = ProtocolVersion.objects.protocol_of(
            trial_id=participant.trial_id, on=participant.day0_date
        )
        refusals = infusion_refusals(
            self._facts(), plan=protocol.infusions, recipient=self._recipient(), others=self._others()
        )
        raise_refusals(refusals, type(self))
        self._check_kit()

    def _facts(self) -> InfusionFacts:
        return InfusionFacts(
            number=self.number,
            status=self.status,
            started_at=self.started_at,
            start_precision=self.start_precision,
            ended_at=self.ended_at,
            interrupted=self.interrupted,
            interruption_reason=self.interruption_reason,
            interrupted_at=self.interrupted_at,
            resumed_at=self.resumed_at,
            end_precision=self.end_precision,
            volume_ml=self.volume_ml,
        )

    def _recipient(self) -> Recipient:
        participant = self.participant
        return Recipient(
            enrolled_at=participant.enrolled_at,
            withdrawn_date=participant.withdrawn_date,
            died=participant.death_moment(),
            zone=participant.trial.timezone,
        )

    def _others(self) -> list[OtherInfusion]:
        rows = Infusion.objects.given().filter(participant=self.participant_id).exclude(pk=self.pk)
        return [
            OtherInfusion(row.number, row.started_at, row.ended_at, row.start_precision == TimePrecision.DAY)
            for row in rows.only("number", "started_at", "ended_at", "start_precision")
            if row.started_at
        ]

    def _check_kit(self) -> None:
        """A kit is used once in a trial; the refusal does not say for whom."""
        same_kit = Infusion.objects.given().filter(trial=self.trial_id, kit_number=self.kit_number)
        if self.kit_number and same_kit.exclude(pk=self.pk).exists():
            raise ValidationError({"kit_number": KIT_TAKEN})
