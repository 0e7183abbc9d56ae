"""Sealed: allocation, coded arms, batches, dispensed doses."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import SealedModel
from audit.models import AuditedModel, VoidableModel
from partial_dates import local_date
from product.rules.doses import BatchFacts, DoseFacts, batch_refusals, dose_refusals
from trials.models.design import ProtocolVersion, Trial
from trials.models.infusions import Infusion
from trials.models.participants import Participant
from trials.rules.chronology import year_refusals
from trials.rules.protocol import Protocol
from webkit.refusals import raise_refusals


class ArmLetter(SealedModel, AuditedModel):
    """The key of the coded arms: which arm is A, which B. Drawn at random once per trial."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+")
    arm_code = models.CharField(max_length=40)
    letter = models.CharField(max_length=1)

    append_only = True

    class Meta(SealedModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["trial", "arm_code"], name="product_armletter_arm_once"),
            models.UniqueConstraint(fields=["trial", "letter"], name="product_armletter_letter_once"),
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
                name="product_productbatch_code_once",
                violation_error_message=_("Batch: this batch is recorded already."),
            ),
            models.CheckConstraint(
                condition=Q(viability_percent=None) | Q(viability_percent__gte=0, viability_percent__lte=100),
                name="product_productbatch_viability_percent",
                violation_error_message=_("Viability: between 0 and 100 %%."),
            ),
            models.CheckConstraint(
                condition=~Q(meets_specification=False) | ~Q(specification_note=""),
                name="product_productbatch_deviation_named",
                violation_error_message=_(
                    "What is out of specification: needed for a batch that does not meet it."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def clean(self) -> None:
        if self.trial_id is None:
            return
        dates = {"released_date": self.released_date, "expires_date": self.expires_date}
        raise_refusals(year_refusals(dates), type(self))
        protocol = ProtocolVersion.objects.protocol_of(trial_id=self.trial_id, on=None)
        check_arm(protocol, "arm_code", self.arm_code)
        raise_refusals(batch_refusals(self.facts(), protocol.infusions), type(self))

    def facts(self) -> BatchFacts:
        """The batch as rules use it."""
        return BatchFacts(
            arm_code=self.arm_code,
            expires_date=self.expires_date,
            viability_percent=self.viability_percent,
            meets_specification=self.meets_specification,
            specification_note=self.specification_note,
        )


def check_arm(protocol: Protocol, field: str, arm_code: str) -> None:
    """Raise ValidationError when the protocol has no such arm."""
    if arm_code and protocol.arm(arm_code) is None:
        message = _("Arm: %(value)s is not an arm of the protocol; it has: %(allowed)s.")
        params = {"value": arm_code, "allowed": ", ".join(arm.code for arm in protocol.arms)}
        raise ValidationError({field: ValidationError(message, params=params)})


class Allocation(SealedModel, AuditedModel):
    """The arm of a participant, and the reference batch.

    The reference batch is the one that would be dispensed on that day whatever the arm.
    """

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+", verbose_name=_("trial"))
    participant = models.OneToOneField(
        Participant, on_delete=models.PROTECT, related_name="+", verbose_name=_("participant")
    )
    arm_code = models.CharField(_("arm"), max_length=40)
    received_arm_code = models.CharField(
        _("arm actually received, when it differs"), max_length=40, blank=True
    )
    labelled_arm_code = models.CharField(
        _("arm that the label named, when it differs"), max_length=40, blank=True, editable=False
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

    def clean(self) -> None:
        if self.trial_id is None:
            return
        protocol = ProtocolVersion.objects.protocol_of(trial_id=self.trial_id, on=None)
        check_arm(protocol, "arm_code", self.arm_code)
        check_arm(protocol, "received_arm_code", self.received_arm_code)


class DispensedDose(SealedModel, VoidableModel):
    """The product in the bag of one infusion."""

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

    out_of_specification_reason = models.TextField(
        _("why given out of specification"),
        default="",
        blank=True,
        help_text=_("Who decided to give a batch that does not meet its specification, and why."),
    )

    class Meta(SealedModel.Meta):
        abstract = False
        verbose_name = _("dispensed dose")
        verbose_name_plural = _("dispensed doses")
        constraints = [
            models.UniqueConstraint(
                fields=["infusion"],
                condition=Q(voided_at=None),
                name="product_dispenseddose_infusion_once",
                violation_error_message=_("Infusion: its dose is recorded already."),
            ),
            models.CheckConstraint(
                condition=(Q(dose=None) & Q(dose_unit="")) | (Q(dose__isnull=False) & ~Q(dose_unit="")),
                name="product_dispenseddose_dose_has_unit",
                violation_error_message=_("Unit of the dose: a dose is recorded with its unit."),
            ),
            models.CheckConstraint(
                condition=Q(viability_percent=None) | Q(viability_percent__gte=0, viability_percent__lte=100),
                name="product_dispenseddose_viability_percent",
                violation_error_message=_("Viability: between 0 and 100 %%."),
            ),
            VoidableModel.void_constraint("product_dispenseddose_void_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.infusion_id}"

    def clean(self) -> None:
        """Check cap, arm, expiry and specification by the rules; needs an open clearance."""
        if self.trial_id is None or self.infusion_id is None or self.voided_at is not None:
            return
        day0 = self.participant.day0_date
        plan = ProtocolVersion.objects.protocol_of(trial_id=self.trial_id, on=day0).infusions
        batch = self.batch.facts() if self.batch else None
        refusals = dose_refusals(self._facts(), plan=plan, batch=batch, arm_code=self._arm_code())
        raise_refusals(refusals, type(self))

    def _facts(self) -> DoseFacts:
        started_at = self.infusion.started_at
        return DoseFacts(
            cells_million=self.cells_million,
            dose=self.dose,
            dose_unit=self.dose_unit,
            given_on=local_date(started_at, self.trial.timezone) if started_at else None,
            out_of_specification_reason=self.out_of_specification_reason,
        )

    def _arm_code(self) -> str:
        """The arm whose product the participant is to get or got."""
        allocation = Allocation.objects.filter(participant=self.participant_id).first()
        if allocation is None:
            raise ValidationError(
                {"participant": _("Participant: not allocated yet; enter the allocation first.")}
            )
        return allocation.received_arm_code or allocation.arm_code
