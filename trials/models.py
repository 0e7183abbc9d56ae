"""Trial, protocol versions, sites, participants, infusions; sealed: allocation, coded arms, batches, dispensed doses."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import SealedModel
from audit.models import AuditedModel, VoidableModel
from trials.choices import EnrolmentBasis, InfusionStatus, ParticipantStatus, Sex, Source, TimePrecision
from trials.rules.protocol import Protocol, parse_protocol


class Trial(AuditedModel):
    """One trial. Everything else hangs on it; what it is like stands in its protocol versions."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    title = models.CharField(_("title"), max_length=300)
    registration = models.CharField(_("registration"), max_length=60, blank=True)
    timezone = models.CharField(_("time zone"), max_length=60)

    class Meta:
        verbose_name = _("trial")
        verbose_name_plural = _("trials")

    def __str__(self) -> str:
        return self.code


_read_protocols: dict[str, Protocol] = {}
"""Protocols read in this process, by the SHA-256 of their content: a loaded version never changes."""


class ProtocolVersionQuerySet(models.QuerySet["ProtocolVersion"]):
    def in_force(self, *, trial_id: int, on: date) -> "ProtocolVersionQuerySet":
        """The versions effective on that day, the newest first."""
        return self.filter(trial_id=trial_id, effective_date__lte=on).order_by("-effective_date", "-pk")

    def version_of(self, *, trial_id: int, on: date | None) -> "ProtocolVersion":
        """The version in force on a day (None: the newest), without its content; before the first one, the
        first.

        Raises ValidationError when no protocol was loaded for the trial.
        """
        slim = self.defer("content").filter(trial_id=trial_id)
        newest_first = slim.order_by("-effective_date", "-pk")
        version = newest_first.first() if on is None else newest_first.filter(effective_date__lte=on).first()
        version = version or slim.order_by("effective_date", "pk").first()
        if version is None:
            raise ValidationError({"trial": _("Trial: no protocol is loaded for it; load one first.")})
        return version

    def protocol_of(self, *, trial_id: int, on: date | None) -> Protocol:
        """The protocol in force on a day (None: the newest); one query once it was read."""
        return self.version_of(trial_id=trial_id, on=on).protocol()


class ProtocolVersion(AuditedModel):
    """A protocol file as it was loaded: never edited, read through `trials.rules.protocol.parse_protocol`."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="protocol_versions")
    label = models.CharField(_("protocol version"), max_length=40)
    effective_date = models.DateField(_("effective from"))
    content = models.JSONField(_("content"))
    content_sha256 = models.CharField(max_length=64)

    objects = ProtocolVersionQuerySet.as_manager()
    append_only = True

    class Meta:
        verbose_name = _("protocol version")
        verbose_name_plural = _("protocol versions")
        constraints = [
            models.UniqueConstraint(
                fields=["trial", "label"],
                name="trials_protocolversion_label_once",
                violation_error_message=_(
                    "Version: this version is loaded already, and a loaded version is never edited."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trial_id} · {self.label}"

    def protocol(self) -> Protocol:
        """The content as rules read it."""
        if self.content_sha256 not in _read_protocols:
            _read_protocols[self.content_sha256] = parse_protocol(self.content)
        return _read_protocols[self.content_sha256]


class Site(AuditedModel):
    """A centre of the trial."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="sites", verbose_name=_("trial"))
    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=120)
    country = models.CharField(_("country"), max_length=3, blank=True)
    timezone = models.CharField(_("time zone"), max_length=60)

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        ordering = ["trial", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["trial", "code"],
                name="trials_site_code_once",
                violation_error_message=_("Code: the trial has a site with this code already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class ParticipantQuerySet(models.QuerySet["Participant"]):
    def enrolled(self) -> "ParticipantQuerySet":
        return self.filter(enrolment_number__isnull=False)

    def at_sites(self, site_codes: frozenset[str] | None) -> "ParticipantQuerySet":
        """Those at the given sites; ``None`` is every site."""
        return self if site_codes is None else self.filter(site__code__in=site_codes)


class Participant(AuditedModel):
    """Somebody in the trial, by code; never a name or a full date of birth."""

    trial = models.ForeignKey(
        Trial, on_delete=models.PROTECT, related_name="participants", verbose_name=_("trial")
    )
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, related_name="participants", verbose_name=_("site")
    )
    code = models.CharField(_("participant"), max_length=40)
    status = models.CharField(
        _("status"), max_length=20, choices=ParticipantStatus, default=ParticipantStatus.SCREENED
    )
    sex = models.CharField(_("sex"), max_length=1, choices=Sex, default=Sex.UNKNOWN)
    age_years = models.PositiveSmallIntegerField(_("age (years)"), null=True, blank=True)
    weight_kg = models.DecimalField(_("weight (kg)"), max_digits=5, decimal_places=1, null=True, blank=True)
    strata = models.JSONField(
        _("strata"), default=dict, blank=True, help_text=_("Stratum code to level code.")
    )
    screened_date = models.DateField(_("screened on"), null=True, blank=True)
    consented_at = models.DateTimeField(_("consented at"), null=True, blank=True)
    day0_date = models.DateField(
        _("day 0"), null=True, blank=True, help_text=_("The day of randomisation, in the trial's zone.")
    )
    enrolled_at = models.DateTimeField(_("enrolled at"), null=True, blank=True)
    enrolment_precision = models.CharField(max_length=10, choices=TimePrecision, default=TimePrecision.MINUTE)
    enrolment_basis = models.CharField(
        _("enrolment taken from"), max_length=20, choices=EnrolmentBasis, blank=True
    )
    enrolment_number = models.PositiveIntegerField(
        _("enrolment number"), null=True, blank=True, editable=False
    )
    enrolment_recorded_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_date = models.DateField(_("withdrawn on"), null=True, blank=True)
    withdrawal_reason = models.TextField(_("reason for withdrawal"), blank=True)
    completed_date = models.DateField(_("completed on"), null=True, blank=True)
    died = models.CharField(
        _("died"),
        max_length=32,
        blank=True,
        help_text=_("As exactly as known: 2020, 2020-04, 2020-04-06 or 2020-04-06T03:40."),
    )
    died_earliest_at = models.DateTimeField(null=True, blank=True, editable=False)
    died_latest_at = models.DateTimeField(null=True, blank=True, editable=False)
    has_died = models.BooleanField(
        _("has died"), default=False, help_text=_("Also when the date is not known.")
    )
    death_cause = models.TextField(_("cause of death"), blank=True)
    in_safety_population = models.BooleanField(_("in the safety population, as given"), null=True, blank=True)
    source = models.CharField(max_length=10, choices=Source, default=Source.ENTRY, editable=False)

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        ordering = ["trial", "code"]
        indexes = [
            models.Index(fields=["trial", "site", "status"], name="trials_participant_site"),
            models.Index(fields=["trial", "changed_at"], name="trials_participant_changed"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["trial", "code"],
                name="trials_participant_code_once",
                violation_error_message=_("Participant: this code is taken in the trial."),
            ),
            models.UniqueConstraint(
                fields=["trial", "enrolment_number"],
                name="trials_participant_enrolment_number_once",
                violation_error_message=_("Enrolment number: taken already."),
            ),
            models.CheckConstraint(
                condition=Q(
                    enrolment_number=None, enrolled_at=None, enrolment_basis="", enrolment_recorded_at=None
                )
                | (
                    Q(enrolment_number__gte=1, enrolled_at__isnull=False, enrolment_recorded_at__isnull=False)
                    & ~Q(enrolment_basis="")
                ),
                name="trials_participant_enrolment_whole",
                violation_error_message=_(
                    "Enrolment: number, moment and basis are recorded together or not at all."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["enrolled", "completed", "withdrawn"])
                | Q(enrolment_number__isnull=False)
                | Q(status="withdrawn"),
                name="trials_participant_enrolled_has_number",
                violation_error_message=_(
                    "Status: only an enrolled participant can be enrolled or completed."
                ),
            ),
            models.CheckConstraint(
                condition=Q(died="") | Q(has_died=True),
                name="trials_participant_death_date_needs_death",
                violation_error_message=_(
                    "Died: a date of death is recorded only for a participant who has died."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(status="died") | Q(has_died=True),
                name="trials_participant_status_died",
                violation_error_message=_("Status: 'died' needs the death to be recorded."),
            ),
            models.CheckConstraint(
                condition=Q(age_years=None) | Q(age_years__lte=120),
                name="trials_participant_age_plausible",
                violation_error_message=_("Age: at most 120 years."),
            ),
        ]

    def __str__(self) -> str:
        return self.code


class InfusionQuerySet(models.QuerySet["Infusion"]):
    def standing(self) -> "InfusionQuerySet":
        return self.filter(voided_at=None)

    def given(self) -> "InfusionQuerySet":
        return self.standing().filter(status=InfusionStatus.GIVEN)


class Infusion(VoidableModel):
    """One infusion (or other dose) as it was given, or that it was not. What was in the bag is sealed: `DispensedDose`."""

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
            VoidableModel.void_constraint("trials_infusion_void_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} · {self.number}"


class ArmLetter(SealedModel, AuditedModel):
    """The key of the coded arms: which arm is A, which B. Drawn at random once per trial."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+")
    arm_code = models.CharField(max_length=40)
    letter = models.CharField(max_length=1)

    append_only = True

    class Meta(SealedModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["trial", "arm_code"], name="trials_armletter_arm_once"),
            models.UniqueConstraint(fields=["trial", "letter"], name="trials_armletter_letter_once"),
        ]

    def __str__(self) -> str:
        return f"{self.trial_id} · {self.letter}"


class ProductBatch(SealedModel, AuditedModel):
    """A batch of the product (or of the placebo): donor, cell count, viability, specification."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+", verbose_name=_("trial"))
    code = models.CharField(_("batch"), max_length=60)
    arm_code = models.CharField(_("product"), max_length=40)
    donor_code = models.CharField(_("donor"), max_length=40, blank=True)
    released_date = models.DateField(_("released on"), null=True, blank=True)
    expires_date = models.DateField(_("expires on"), null=True, blank=True)
    cells_million = models.DecimalField(
        _("cells (million)"), max_digits=9, decimal_places=2, null=True, blank=True
    )
    viability_percent = models.DecimalField(
        _("viability (%)"), max_digits=4, decimal_places=1, null=True, blank=True
    )
    meets_specification = models.BooleanField(_("meets its specification"), null=True, blank=True)
    specification_note = models.TextField(_("what is out of specification"), blank=True)

    class Meta(SealedModel.Meta):
        abstract = False
        verbose_name = _("product batch")
        verbose_name_plural = _("product batches")
        constraints = [
            models.UniqueConstraint(
                fields=["trial", "code"],
                name="trials_productbatch_code_once",
                violation_error_message=_("Batch: this batch is recorded already."),
            ),
            models.CheckConstraint(
                condition=Q(viability_percent=None) | Q(viability_percent__gte=0, viability_percent__lte=100),
                name="trials_productbatch_viability_percent",
                violation_error_message=_("Viability: between 0 and 100 %."),
            ),
            models.CheckConstraint(
                condition=~Q(meets_specification=False) | ~Q(specification_note=""),
                name="trials_productbatch_deviation_named",
                violation_error_message=_(
                    "What is out of specification: needed for a batch that does not meet it."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Allocation(SealedModel, AuditedModel):
    """The arm of a participant, and the batch that would be dispensed on that day whatever the arm (reference batch)."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+", verbose_name=_("trial"))
    participant = models.OneToOneField(
        Participant, on_delete=models.PROTECT, related_name="+", verbose_name=_("participant")
    )
    arm_code = models.CharField(_("arm"), max_length=40)
    received_arm_code = models.CharField(
        _("arm actually received, when it differs"), max_length=40, blank=True
    )
    allocated_at = models.DateTimeField(_("allocated at"), null=True, blank=True)
    reference_batch = models.ForeignKey(
        ProductBatch,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reference batch"),
    )

    class Meta(SealedModel.Meta):
        abstract = False
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")

    def __str__(self) -> str:
        return f"{self.participant_id}"


class DispensedDose(SealedModel, VoidableModel):
    """What was in the bag of one infusion."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+", verbose_name=_("trial"))
    participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, related_name="+", verbose_name=_("participant")
    )
    infusion = models.ForeignKey(
        Infusion, on_delete=models.PROTECT, related_name="+", verbose_name=_("infusion")
    )
    batch = models.ForeignKey(
        ProductBatch,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("batch"),
    )
    product = models.CharField(_("product as given"), max_length=120, blank=True)
    cells_million = models.DecimalField(
        _("cells (million)"), max_digits=9, decimal_places=2, null=True, blank=True
    )
    dose = models.DecimalField(_("dose"), max_digits=12, decimal_places=4, null=True, blank=True)
    dose_unit = models.CharField(_("unit of the dose"), max_length=20, blank=True)
    viability_percent = models.DecimalField(
        _("viability (%)"), max_digits=4, decimal_places=1, null=True, blank=True
    )

    class Meta(SealedModel.Meta):
        abstract = False
        verbose_name = _("dispensed dose")
        verbose_name_plural = _("dispensed doses")
        constraints = [
            models.UniqueConstraint(
                fields=["infusion"],
                condition=Q(voided_at=None),
                name="trials_dispenseddose_infusion_once",
                violation_error_message=_("Infusion: its dose is recorded already."),
            ),
            models.CheckConstraint(
                condition=(Q(dose=None) & Q(dose_unit="")) | (Q(dose__isnull=False) & ~Q(dose_unit="")),
                name="trials_dispenseddose_dose_has_unit",
                violation_error_message=_("Unit of the dose: a dose is recorded with its unit."),
            ),
            models.CheckConstraint(
                condition=Q(viability_percent=None) | Q(viability_percent__gte=0, viability_percent__lte=100),
                name="trials_dispenseddose_viability_percent",
                violation_error_message=_("Viability: between 0 and 100 %."),
            ),
            VoidableModel.void_constraint("trials_dispenseddose_void_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.infusion_id}"
