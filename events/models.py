"""CTCAE terms, adverse events, haemodynamic readings and findings."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audit.models import AuditedModel, VoidableModel
from events.choices import (
    ActionTaken,
    EventStatus,
    Expectedness,
    FindingState,
    Grade,
    Outcome,
    RateUnit,
    RespiratorySupport,
    Salt,
    Severity,
    Vasopressor,
)
from trials.choices import Source, TimePrecision
from trials.models import Infusion, Participant, Trial


class CtcaeTerm(models.Model):
    """One term of one CTCAE version with the grades it has; NCI's wording once `load_ctcae` has read it."""

    ctcae_version = models.CharField(_("CTCAE version"), max_length=5)
    code = models.CharField(_("MedDRA code"), max_length=8)
    soc = models.CharField(_("system organ class"), max_length=100)
    term = models.CharField(_("term"), max_length=150)
    grades = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("grades"))
    is_other = models.BooleanField(_("needs to be specified"), default=False)
    grade_wording = models.JSONField(_("wording of the grades"), default=dict, blank=True)
    definition = models.TextField(_("definition"), blank=True)

    class Meta:
        verbose_name = _("CTCAE term")
        verbose_name_plural = _("CTCAE terms")
        ordering = ["ctcae_version", "term"]
        constraints = [
            models.UniqueConstraint(fields=["ctcae_version", "code"], name="events_ctcaeterm_once")
        ]

    def __str__(self) -> str:
        return self.term


class AdverseEventQuerySet(models.QuerySet["AdverseEvent"]):
    def standing(self) -> "AdverseEventQuerySet":
        return self.filter(voided_at=None)

    def recorded(self) -> "AdverseEventQuerySet":
        return self.standing().filter(status=EventStatus.RECORDED)

    def serious(self) -> "AdverseEventQuerySet":
        return self.filter(serious=True)

    def at_least(self, *, grade: int) -> "AdverseEventQuerySet":
        return self.filter(grade__gte=grade)


class AdverseEvent(VoidableModel):
    """One adverse event at its worst, with its history in the trail. Grade, severity and seriousness are independent."""

    trial = models.ForeignKey(
        Trial, on_delete=models.PROTECT, related_name="adverse_events", verbose_name=_("trial")
    )
    participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, related_name="adverse_events", verbose_name=_("participant")
    )
    number = models.PositiveIntegerField(_("event number"), help_text=_("Counted within the participant."))
    status = models.CharField(_("status"), max_length=10, choices=EventStatus, default=EventStatus.RECORDED)

    reported_term = models.CharField(_("event as reported"), max_length=250)
    ctcae_term = models.ForeignKey(
        CtcaeTerm,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("CTCAE term"),
    )
    specify = models.CharField(
        _("specify"), max_length=250, blank=True, help_text=_("Needed for an 'Other, specify' term.")
    )
    dictionary_term = models.CharField(_("term, other dictionary"), max_length=250, blank=True)
    dictionary_soc = models.CharField(_("class, other dictionary"), max_length=250, blank=True)
    dictionary_coding = models.JSONField(_("coding as given"), default=dict, blank=True, editable=False)

    onset = models.CharField(
        _("onset"),
        max_length=32,
        blank=True,
        help_text=_("As exactly as known: 2020, 2020-04, 2020-04-06 or 2020-04-06T03:40."),
    )
    onset_earliest_at = models.DateTimeField(null=True, blank=True, editable=False)
    onset_latest_at = models.DateTimeField(null=True, blank=True, editable=False)
    ended = models.CharField(_("end"), max_length=32, blank=True, help_text=_("Empty while it goes on."))
    ended_earliest_at = models.DateTimeField(null=True, blank=True, editable=False)
    ended_latest_at = models.DateTimeField(null=True, blank=True, editable=False)
    after_infusion = models.ForeignKey(
        Infusion,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("after infusion"),
    )
    treatment_emergent = models.BooleanField(_("treatment-emergent, as given"), null=True, blank=True)

    grade = models.PositiveSmallIntegerField(_("grade"), choices=Grade, null=True, blank=True)
    severity = models.CharField(_("severity"), max_length=10, choices=Severity, blank=True)
    serious = models.BooleanField(_("serious"), null=True, blank=True)
    results_in_death = models.BooleanField(_("resulted in death"), null=True, blank=True)
    life_threatening = models.BooleanField(_("life-threatening at the time"), null=True, blank=True)
    hospitalisation = models.BooleanField(_("hospitalisation or its prolongation"), null=True, blank=True)
    disability = models.BooleanField(_("persistent or significant disability"), null=True, blank=True)
    congenital_anomaly = models.BooleanField(_("congenital anomaly"), null=True, blank=True)
    medically_important = models.BooleanField(_("other medically important event"), null=True, blank=True)
    causality = models.CharField(
        _("causality"), max_length=40, blank=True, help_text=_("A category of the protocol.")
    )
    expectedness = models.CharField(
        _("expectedness"), max_length=15, choices=Expectedness, default=Expectedness.NOT_ASSESSED
    )
    action_taken = models.CharField(_("action taken"), max_length=20, choices=ActionTaken, blank=True)
    outcome = models.CharField(_("outcome"), max_length=40, choices=Outcome, blank=True)
    narrative = models.TextField(_("narrative"), blank=True, help_text=_("No names, no dates of birth."))

    aware_at = models.DateTimeField(
        _("site aware at"),
        null=True,
        blank=True,
        help_text=_("When the site learnt that it is serious: the 24 h clock starts."),
    )
    sponsor_informed_at = models.DateTimeField(_("sponsor informed at"), null=True, blank=True)
    signed_by = models.CharField(_("signed by"), max_length=150, blank=True, editable=False)
    signed_at = models.DateTimeField(_("signed at"), null=True, blank=True, editable=False)
    source = models.CharField(max_length=10, choices=Source, default=Source.ENTRY, editable=False)
    source_key = models.CharField(max_length=60, blank=True, editable=False)

    objects = AdverseEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("adverse event")
        verbose_name_plural = _("adverse events")
        indexes = [
            models.Index(fields=["-onset_earliest_at", "-id"], name="events_event_latest"),
            models.Index(fields=["trial", "-onset_earliest_at", "-id"], name="events_event_trial_latest"),
            models.Index(fields=["trial", "changed_at"], name="events_event_changed"),
            models.Index(fields=["participant"], name="events_event_serious", condition=Q(serious=True)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "number"],
                name="events_adverseevent_number_once",
                violation_error_message=_("Event number: taken already for this participant."),
            ),
            models.UniqueConstraint(
                fields=["participant", "source_key"],
                condition=~Q(source_key=""),
                name="events_adverseevent_source_once",
                violation_error_message=_("Source: this record was imported already."),
            ),
            models.CheckConstraint(
                condition=Q(grade=None) | Q(grade__gte=1, grade__lte=5),
                name="events_adverseevent_grade_range",
                violation_error_message=_("Grade: 1 to 5."),
            ),
            models.CheckConstraint(
                condition=Q(onset="", onset_earliest_at=None, onset_latest_at=None)
                | (~Q(onset="") & Q(onset_earliest_at__isnull=False, onset_latest_at__isnull=False)),
                name="events_adverseevent_onset_derived",
                violation_error_message=_("Onset: give the date as exactly as it is known."),
            ),
            models.CheckConstraint(
                condition=Q(ended="", ended_earliest_at=None, ended_latest_at=None)
                | (~Q(ended="") & Q(ended_earliest_at__isnull=False, ended_latest_at__isnull=False)),
                name="events_adverseevent_end_derived",
                violation_error_message=_("End: give the date as exactly as it is known."),
            ),
            models.CheckConstraint(
                condition=(Q(signed_at=None) & Q(signed_by=""))
                | (Q(signed_at__isnull=False) & ~Q(signed_by="")),
                name="events_adverseevent_signature_whole",
                violation_error_message=_("Signature: who and when go together."),
            ),
            VoidableModel.void_constraint("events_adverseevent_void_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} · {self.number}"


class HaemodynamicReadingQuerySet(models.QuerySet["HaemodynamicReading"]):
    def standing(self) -> "HaemodynamicReadingQuerySet":
        return self.filter(voided_at=None)


class HaemodynamicReading(VoidableModel):
    """One look at the monitor, the ventilator and the pumps. What was not read is null, never zero."""

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

    class Meta:
        verbose_name = _("haemodynamic reading")
        verbose_name_plural = _("haemodynamic readings")
        indexes = [
            models.Index(fields=["participant", "taken_at"], name="events_reading_participant"),
            models.Index(fields=["trial", "-taken_at", "-id"], name="events_reading_latest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "source_key"],
                condition=~Q(source_key="") & Q(voided_at=None),
                name="events_reading_source_once",
                violation_error_message=_("Source: this record was imported already."),
            ),
            VoidableModel.void_constraint("events_reading_void_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} · {self.taken_at:%Y-%m-%d %H:%M}"


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

    class Meta:
        verbose_name = _("vasopressor rate")
        verbose_name_plural = _("vasopressor rates")
        constraints = [
            models.UniqueConstraint(
                fields=["reading", "agent"],
                name="events_vasopressorrate_agent_once",
                violation_error_message=_("Agent: one rate per agent and reading."),
            ),
            models.CheckConstraint(
                condition=Q(rate__gte=0),
                name="events_vasopressorrate_not_negative",
                violation_error_message=_("Rate: not below 0."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reading_id} · {self.agent}"


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
                name="events_haemodynamicfinding_once",
                violation_error_message=_("Criterion: this infusion has a finding on it already."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["confirmed", "refuted"])
                | (Q(decided_at__isnull=False) & ~Q(decided_by="") & ~Q(decision_reason="")),
                name="events_haemodynamicfinding_decision_whole",
                violation_error_message=_("Decision: needs who, when and why."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.infusion_id} · {self.criterion}"
