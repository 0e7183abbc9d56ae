"""One day of one participant: oxygenation, support, organs, place.

The same in all arms; nothing here reveals one.
"""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments.choices import Place, Ventilation
from assessments.rules import (
    SOFA_ORGANS,
    AssessedParticipant,
    AssessmentFacts,
    PfRatio,
    assessment_doubts,
    assessment_refusals,
    mmhg_of_kpa,
    pf_ratio,
    sofa_total,
)
from audit.models import VoidableModel
from partial_dates.refusals import Refusal
from trials.choices import Source
from trials.models.design import ProtocolVersion, Trial
from trials.models.participants import Participant
from trials.rules.chronology import year_refusals
from trials.rules.protocol import Protocol
from webkit.refusals import raise_refusals

SOFA_FIELDS = tuple(f"sofa_{organ}" for organ in SOFA_ORGANS)
RECORDED = (
    "pao2_mmhg",
    "pao2_kpa",
    "fio2_fraction",
    "pf_ratio_given",
    "ventilation",
    "peep_cmh2o",
    *SOFA_FIELDS,
    "vasopressor",
    "renal_replacement",
    "blood_product_given",
    "place",
    "left_icu_date",
    "left_hospital_date",
    "alive",
    "no_sample_improved",
)
"""The fields of an assessment, in the order of the form; an empty one is not recorded."""
NOT_JUDGED = frozenset({*SOFA_FIELDS, "blood_product_given"})
"""The fields that the facts of the day do not have one by one."""


class DailyAssessmentQuerySet(models.QuerySet["DailyAssessment"]):
    """Filters of daily assessments."""

    def standing(self) -> "DailyAssessmentQuerySet":
        return self.filter(voided_at=None)


class DailyAssessment(VoidableModel):
    """One calendar day of one participant. PaO2/FiO2 and the SOFA total are derived, never entered."""

    trial = models.ForeignKey(
        Trial, on_delete=models.PROTECT, related_name="daily_assessments", verbose_name=_("trial")
    )
    participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, related_name="daily_assessments", verbose_name=_("participant")
    )
    assessed_date = models.DateField(_("day"), help_text=_("Calendar day in the trial's zone."))
    pao2_mmhg = models.DecimalField(_("PaO₂ (mmHg)"), max_digits=5, decimal_places=1, null=True, blank=True)
    pao2_kpa = models.DecimalField(
        _("PaO₂ as charted (kPa)"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    fio2_fraction = models.DecimalField(
        _("FiO₂ (fraction)"), max_digits=6, decimal_places=3, null=True, blank=True
    )
    pf_ratio_given = models.DecimalField(
        _("PaO₂/FiO₂ as given (mmHg)"),
        max_digits=5,
        decimal_places=1,
        null=True,
        blank=True,
        help_text=_("Only where the source has the ratio and not both of its parts."),
    )
    ventilation = models.CharField(_("support"), max_length=15, choices=Ventilation, blank=True)
    peep_cmh2o = models.DecimalField(_("PEEP (cmH₂O)"), max_digits=4, decimal_places=1, null=True, blank=True)
    sofa_respiration = models.PositiveSmallIntegerField(_("SOFA respiration"), null=True, blank=True)
    sofa_coagulation = models.PositiveSmallIntegerField(_("SOFA coagulation"), null=True, blank=True)
    sofa_liver = models.PositiveSmallIntegerField(_("SOFA liver"), null=True, blank=True)
    sofa_cardiovascular = models.PositiveSmallIntegerField(_("SOFA cardiovascular"), null=True, blank=True)
    sofa_cns = models.PositiveSmallIntegerField(_("SOFA central nervous system"), null=True, blank=True)
    sofa_renal = models.PositiveSmallIntegerField(_("SOFA renal"), null=True, blank=True)
    vasopressor = models.BooleanField(_("vasopressor"), null=True, blank=True)
    renal_replacement = models.BooleanField(_("renal replacement"), null=True, blank=True)
    blood_product_given = models.BooleanField(
        _("blood product or immunoglobulin given"),
        null=True,
        blank=True,
        help_text=_("Red cells, platelets, plasma, immunoglobulin; not albumin."),
    )
    place = models.CharField(_("place"), max_length=12, choices=Place, blank=True)
    left_icu_date = models.DateField(_("left intensive care on"), null=True, blank=True)
    left_hospital_date = models.DateField(_("left hospital on"), null=True, blank=True)
    alive = models.BooleanField(_("seen alive"), null=True, blank=True)
    no_sample_improved = models.BooleanField(_("no blood gas because of improvement"), null=True, blank=True)
    source = models.CharField(max_length=10, choices=Source, default=Source.ENTRY, editable=False)

    objects = DailyAssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("daily assessment")
        verbose_name_plural = _("daily assessments")
        indexes = [
            models.Index(fields=["trial", "-assessed_date", "-id"], name="assessments_day_latest"),
            models.Index(fields=["trial", "changed_at"], name="assessments_day_changed"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "assessed_date"],
                condition=Q(voided_at=None),
                name="assessments_dailyassessment_day_once",
                violation_error_message=_("Day: this day is recorded already; correct it instead."),
            ),
            models.CheckConstraint(
                condition=Q(pf_ratio_given=None) | Q(pao2_mmhg=None) | Q(fio2_fraction=None),
                name="assessments_dailyassessment_ratio_derived",
                violation_error_message=_("PaO2/FiO2: given only where PaO2 or FiO2 is missing."),
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{name: None}) | Q(**{f"{name}__lte": 4}),
                    name=f"assessments_dailyassessment_{name}",
                    violation_error_message=_("SOFA: a component has 0 to 4 points."),
                )
                for name in SOFA_FIELDS
            ),
            VoidableModel.void_constraint("assessments_dailyassessment_void_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} · {self.assessed_date}"

    def clean(self) -> None:
        """Convert a pressure in kPa, then check the rules, with the protocol of the participant's day 0."""
        if self.participant_id is None or self.voided_at is not None or self.assessed_date is None:
            return
        participant = self.participant
        protocol = ProtocolVersion.objects.protocol_of(
            trial_id=participant.trial_id, on=participant.day0_date
        )
        self.judge(protocol)

    def judge(self, protocol: Protocol) -> None:
        """As `clean`, with a given protocol. Raises ValidationError per field."""
        dates = ("assessed_date", "left_icu_date", "left_hospital_date")
        raise_refusals(year_refusals({name: getattr(self, name) for name in dates}), type(self))
        if self.pao2_kpa is not None and self.pao2_mmhg is None and self.pao2_kpa.is_finite():
            self.pao2_mmhg = mmhg_of_kpa(self.pao2_kpa)
        if not any(getattr(self, name) not in (None, "") for name in RECORDED):
            raise ValidationError(_("Assessment: nothing is recorded of this day."))
        limits = protocol.outcomes.plausibility if protocol.outcomes else {}
        refusals = assessment_refusals(self.facts(), person=self._person(), limits=limits)
        raise_refusals(refusals, type(self))

    def doubts(self, protocol: Protocol) -> tuple[Refusal, ...]:
        """The doubts of the rules: the values are stored, and displayed with the question."""
        limits = protocol.outcomes.plausibility if protocol.outcomes else {}
        return assessment_doubts(self.facts(), limits=limits)

    def facts(self) -> AssessmentFacts:
        """The day as rules use it."""
        named = {name: getattr(self, name) for name in RECORDED if name not in NOT_JUDGED}
        return AssessmentFacts(assessed_date=self.assessed_date, sofa=self.sofa, **named)

    @property
    def sofa(self) -> dict[str, int | None]:
        """Points by organ."""
        return {organ: getattr(self, f"sofa_{organ}") for organ in SOFA_ORGANS}

    @property
    def sofa_total(self) -> int | None:
        """None unless all six components are recorded."""
        return sofa_total(self.sofa)

    @property
    def pf_ratio(self) -> PfRatio | None:
        """Computed from PaO2 and FiO2, else as the source gave it."""
        return pf_ratio(pao2_mmhg=self.pao2_mmhg, fio2_fraction=self.fio2_fraction, given=self.pf_ratio_given)

    def study_day(self, day0: date | None) -> int | None:
        """Calendar days after day 0; None before randomisation is recorded."""
        return None if day0 is None else (self.assessed_date - day0).days

    def _person(self) -> AssessedParticipant:
        participant = self.participant
        return AssessedParticipant(
            day0=participant.day0_date,
            died=participant.death_moment(),
            has_died=participant.has_died,
            zone=participant.trial.timezone,
        )
