"""Haemodynamic readings and findings."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audit.models import AuditedModel, VoidableModel
from events.models.adverse_events import AdverseEvent
from haemodynamics.choices import FindingState, RateUnit, RespiratorySupport, Vasopressor
from haemodynamics.rules import ReadingVerdict, judge_content, judge_line, judge_moment, judge_reading
from haemodynamics.rules import RunningVasopressor as RateValue
from haemodynamics.rules.rows import line_of, reading_of
from trials.choices import Salt, Source, TimePrecision
from trials.models import Infusion, Participant, ProtocolVersion, Trial
from trials.rules.protocol import HaemodynamicPlan, Plausibility
from webkit.refusals import validation_error


def haemodynamic_plan_for(participant: Participant) -> HaemodynamicPlan | None:
    """The haemodynamic plan of the participant's protocol (in force on day 0); `None` when there is none."""
    protocol = ProtocolVersion.objects.protocol_of(trial_id=participant.trial_id, on=participant.day0_date)
    return protocol.haemodynamics


def pharmacy_salt(participant: Participant, agent: str) -> str:
    """The salt on the labels of the pharmacy of the participant's site.

    Unknown for every agent but norepinephrine.
    """
    if agent != Vasopressor.NOREPINEPHRINE:
        return Salt.UNKNOWN.value
    return str(participant.site.norepinephrine_salt)


def limits_for(participant: Participant) -> Mapping[str, Plausibility]:
    """The plausible limits of the participant's protocol; none when it has no checks or is not loaded."""
    try:
        plan = haemodynamic_plan_for(participant)
    except ValidationError:
        return {}
    return plan.plausibility if plan else {}


class HaemodynamicReadingQuerySet(models.QuerySet["HaemodynamicReading"]):
    """Filters of haemodynamic readings."""

    def standing(self) -> "HaemodynamicReadingQuerySet":
        return self.filter(voided_at=None)


class HaemodynamicReading(VoidableModel):
    """One reading of the monitor, the ventilator and the pumps.

    A value that was not read is null, never zero.
    """

    trial = models.ForeignKey(
        Trial, on_delete=models.PROTECT, related_name="haemodynamic_readings", verbose_name=_("trial")
    )
    participant = models.ForeignKey(
        Participant,
        on_delete=models.PROTECT,
        related_name="haemodynamic_readings",
        verbose_name=_("participant"),
    )
    taken_at = models.DateTimeField(_("taken at"))
    taken_precision = models.CharField(max_length=10, choices=TimePrecision, default=TimePrecision.MINUTE)
    timepoint = models.CharField(_("time point"), max_length=60, blank=True)
    heart_rate_bpm = models.PositiveSmallIntegerField(_("heart rate (/min)"), null=True, blank=True)
    sbp_mmhg = models.PositiveSmallIntegerField(_("systolic pressure (mmHg)"), null=True, blank=True)
    dbp_mmhg = models.PositiveSmallIntegerField(_("diastolic pressure (mmHg)"), null=True, blank=True)
    map_mmhg = models.PositiveSmallIntegerField(_("mean pressure (mmHg)"), null=True, blank=True)
    spo2_percent = models.DecimalField(_("SpO₂ (%)"), max_digits=4, decimal_places=1, null=True, blank=True)
    fio2_fraction = models.DecimalField(
        _("FiO₂ (fraction)"), max_digits=4, decimal_places=3, null=True, blank=True
    )
    peep_cmh2o = models.DecimalField(_("PEEP (cmH₂O)"), max_digits=4, decimal_places=1, null=True, blank=True)
    temperature_c = models.DecimalField(
        _("temperature (°C)"), max_digits=4, decimal_places=1, null=True, blank=True
    )
    respiratory_rate_min = models.PositiveSmallIntegerField(
        _("respiratory rate (/min)"), null=True, blank=True
    )
    respiratory_support = models.CharField(
        _("respiratory support"), max_length=15, choices=RespiratorySupport, blank=True
    )
    new_ventricular_arrhythmia = models.BooleanField(
        _("new ventricular tachycardia, fibrillation or asystole"), null=True, blank=True
    )
    cardioversion = models.BooleanField(_("new arrhythmia that needed cardioversion"), null=True, blank=True)
    cardiac_arrest = models.BooleanField(_("cardiac arrest"), null=True, blank=True)
    transfusion_type_reaction = models.BooleanField(
        _("transfusion-type reaction (urticaria, wheezing)"), null=True, blank=True
    )
    vasopressors_checked = models.BooleanField(
        _("vasopressors checked"),
        null=True,
        blank=True,
        help_text=_("Yes with no rate below means: none was running."),
    )
    source = models.CharField(max_length=10, choices=Source, default=Source.ENTRY, editable=False)
    source_key = models.CharField(max_length=80, blank=True, editable=False)

    objects = HaemodynamicReadingQuerySet.as_manager()

    judged_at: datetime | None = None
    """The time of judging: a door or a service sets it, so that `clean` can refuse a time in the future."""

    lines: Iterable[RateValue] | None = None
    """The pumps that will be written with this reading; `None`: those that are written already."""

    limits: Mapping[str, Plausibility] | None = None
    """The plausible limits, when the caller has them for many readings; `None`: `clean` reads them."""

    class Meta:
        verbose_name = _("haemodynamic reading")
        verbose_name_plural = _("haemodynamic readings")
        indexes = [
            models.Index(fields=["participant", "taken_at"], name="haemodynamics_reading_person"),
            models.Index(fields=["trial", "-taken_at", "-id"], name="haemodynamics_reading_latest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "source_key"],
                condition=~Q(source_key="") & Q(voided_at=None),
                name="haemodynamics_reading_source_once",
                violation_error_message=_("Source: this record was imported already."),
            ),
            VoidableModel.void_constraint("haemodynamics_reading_void_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} · {self.taken_at:%Y-%m-%d %H:%M}"

    def clean(self) -> None:
        """Check the values by the rules, with the limits of the participant's protocol."""
        if not self.participant_id or self.taken_at is None or self.voided_at is not None:
            return
        if self.trial_id is not None and self.participant.trial_id != self.trial_id:
            raise ValidationError({"participant": _("Participant: belongs to another trial.")})
        reading = reading_of(self, self._pumps())
        refusals = (
            *judge_moment(reading, now=self.judged_at, died_latest=self.participant.died_latest_at),
            *judge_content(reading),
            *judge_reading(reading, self._limits()).refusals,
        )
        if refusals:
            raise validation_error(refusals, type(self))

    def verdict(self) -> ReadingVerdict:
        """The refusals and the warnings of the rules."""
        return judge_reading(reading_of(self, self._pumps()), self._limits())

    def _limits(self) -> Mapping[str, Plausibility]:
        return limits_for(self.participant) if self.limits is None else self.limits

    def _pumps(self) -> list[RateValue]:
        if self.lines is not None:
            return list(self.lines)
        return [line_of(row) for row in self.vasopressors.all()] if self.pk else []


class VasopressorRate(AuditedModel):
    """One pump at one reading: agent, rate, unit, and what the milligrams are of."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+")
    reading = models.ForeignKey(
        HaemodynamicReading, on_delete=models.PROTECT, related_name="vasopressors", verbose_name=_("reading")
    )
    agent = models.CharField(_("agent"), max_length=20, choices=Vasopressor)
    rate = models.DecimalField(_("rate"), max_digits=8, decimal_places=3)
    unit = models.CharField(_("unit"), max_length=10, choices=RateUnit)
    salt = models.CharField(_("salt"), max_length=10, choices=Salt, default=Salt.UNKNOWN)

    trail_part_of = "reading"

    class Meta:
        verbose_name = _("vasopressor rate")
        verbose_name_plural = _("vasopressor rates")
        constraints = [
            models.UniqueConstraint(
                fields=["reading", "agent"],
                name="haemodynamics_vasopressorrate_agent_once",
                violation_error_message=_("Agent: one rate per agent and reading."),
            ),
            models.CheckConstraint(
                condition=Q(rate__gte=0),
                name="haemodynamics_vasopressorrate_not_negative",
                violation_error_message=_("Rate: not below 0."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reading_id} · {self.agent}"

    def clean(self) -> None:
        """Check the pump by the rules."""
        if not self.reading_id or self.rate is None:
            return
        refusals = judge_line(line_of(self), limits_for(self.reading.participant))
        if refusals:
            raise ValidationError({"rate": validation_error(refusals, type(self)).error_dict["vasopressors"]})


class HaemodynamicFinding(AuditedModel):
    """A criterion of the protocol was met after an infusion: a candidate that a clinician confirms or refutes."""

    trial = models.ForeignKey(
        Trial, on_delete=models.PROTECT, related_name="haemodynamic_findings", verbose_name=_("trial")
    )
    participant = models.ForeignKey(
        Participant,
        on_delete=models.PROTECT,
        related_name="haemodynamic_findings",
        verbose_name=_("participant"),
    )
    infusion = models.ForeignKey(
        Infusion, on_delete=models.PROTECT, related_name="haemodynamic_findings", verbose_name=_("infusion")
    )
    criterion = models.CharField(_("criterion"), max_length=60)
    state = models.CharField(_("state"), max_length=10, choices=FindingState, default=FindingState.CANDIDATE)
    first_hit_at = models.DateTimeField(_("first met at"))
    inputs = models.JSONField(_("inputs"), default=dict)
    rule_set = models.CharField(_("rule set"), max_length=60)
    decided_by = models.CharField(_("decided by"), max_length=150, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decision_reason = models.TextField(_("reason for the decision"), blank=True)
    adverse_event = models.ForeignKey(
        AdverseEvent,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("adverse event"),
    )

    class Meta:
        verbose_name = _("haemodynamic finding")
        verbose_name_plural = _("haemodynamic findings")
        constraints = [
            models.UniqueConstraint(
                fields=["infusion", "criterion"],
                name="haemodynamics_haemodynamicfinding_once",
                violation_error_message=_("Criterion: this infusion has a finding on it already."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["confirmed", "refuted"])
                | (Q(decided_at__isnull=False) & ~Q(decided_by="") & ~Q(decision_reason="")),
                name="haemodynamics_haemodynamicfinding_decision_whole",
                violation_error_message=_("Decision: needs who, when and why."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.infusion_id} · {self.criterion}"
