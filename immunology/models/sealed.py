"""Sealed: donor typing, antibody results, and the findings of the rules."""

from functools import lru_cache

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import SealedModel
from audit.models import AuditedModel, VoidableModel
from immunology.choices import Conjugate, HlaClass, MfiLimit, Treatment
from immunology.models.specimens import Specimen
from immunology.rules.names import HlaName, HlaNameError, OldNameError, chains, hla_class
from immunology.rules.targets import locus_of
from trials.choices import Source
from trials.models import Participant, Trial


def read_specificity(text: str) -> tuple[HlaName, ...]:
    """The chains of a specificity. Raises ValidationError at `specificity` with the value and the rule."""
    try:
        return chains(text)
    except OldNameError as error:
        message = _(
            "Specificity: “%(value)s” is pre-2010 nomenclature, whose fields cannot be told apart; write it like A*02:01."
        )
        raise ValidationError({"specificity": message % {"value": text.strip()}}) from error
    except HlaNameError as error:
        message = _(
            "Specificity: “%(value)s” is not an HLA name; write an allele like A*02:01 or an antigen like A2."
        )
        raise ValidationError({"specificity": message % {"value": text.strip()}}) from error


@lru_cache(maxsize=4096)
def class_of_specificity(text: str) -> str:
    """The HLA class of a specificity; a panel repeats its names in every serum. Raises ValidationError."""
    return hla_class(read_specificity(text)[0])


class DonorTyping(SealedModel, VoidableModel):
    """One allele (or antigen) of a donor. A correction that was adopted voids the row and adds another one."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+", verbose_name=_("trial"))
    donor_code = models.CharField(_("donor"), max_length=40)
    locus = models.CharField(_("locus"), max_length=10)
    specificity = models.CharField(_("allele or antigen"), max_length=60)

    class Meta(SealedModel.Meta):
        abstract = False
        verbose_name = _("donor typing")
        verbose_name_plural = _("donor typings")
        constraints = [
            models.UniqueConstraint(
                fields=["trial", "donor_code", "specificity"],
                condition=Q(voided_at=None),
                name="immunology_donortyping_once",
                violation_error_message=_("Allele or antigen: recorded already for this donor."),
            ),
            VoidableModel.void_constraint("immunology_donortyping_void_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.donor_code} · {self.specificity}"

    def clean(self) -> None:
        """Ask the rules whether it is an HLA name, and at which locus."""
        if self.voided_at is not None:
            return
        (name, *others) = read_specificity(self.specificity)
        if others:
            raise ValidationError({"specificity": _("Allele or antigen: one chain per row.")})
        if self.locus and self.locus != locus_of(name):
            message = _("Locus: “%(value)s” is not the locus of %(name)s; that is %(locus)s.")
            params = {"value": self.locus, "name": name.text, "locus": locus_of(name)}
            raise ValidationError({"locus": message % params})
        self.locus = locus_of(name)


class AntibodyResult(SealedModel, VoidableModel):
    """The MFI of one specificity in one specimen. Results are added, never edited; a wrong one is voided."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+", verbose_name=_("trial"))
    participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, related_name="+", verbose_name=_("participant")
    )
    specimen = models.ForeignKey(
        Specimen, on_delete=models.PROTECT, related_name="+", verbose_name=_("specimen")
    )
    specificity = models.CharField(_("specificity"), max_length=80)
    hla_class = models.CharField(_("HLA class"), max_length=2, choices=HlaClass)
    mfi = models.DecimalField(_("MFI"), max_digits=9, decimal_places=2, null=True, blank=True)
    mfi_limit = models.CharField(
        _("beyond the reader's range"), max_length=1, choices=MfiLimit, blank=True, default=""
    )
    run_code = models.CharField(_("run"), max_length=60, blank=True)
    vendor = models.CharField(_("manufacturer"), max_length=60, blank=True)
    kit = models.CharField(_("kit"), max_length=60, blank=True)
    lot = models.CharField(_("lot"), max_length=60, blank=True)
    conjugate = models.CharField(_("conjugate"), max_length=10, choices=Conjugate, default=Conjugate.IGG)
    dilution = models.DecimalField(
        _("dilution"), max_digits=6, decimal_places=1, default=1, help_text=_("Fold: 1 is neat, 10 is 1:10.")
    )
    treatment = models.CharField(
        _("serum treatment"), max_length=10, choices=Treatment, default=Treatment.UNKNOWN
    )
    positive_control_mfi = models.DecimalField(
        _("positive control (MFI)"), max_digits=9, decimal_places=2, null=True, blank=True
    )
    negative_control_mfi = models.DecimalField(
        _("negative control (MFI)"), max_digits=9, decimal_places=2, null=True, blank=True
    )
    bead_count = models.PositiveIntegerField(_("beads counted"), null=True, blank=True)
    is_rejected = models.BooleanField(_("rejected by the laboratory"), default=False)
    tested_at = models.DateTimeField(_("tested at"), null=True, blank=True)
    recorded_by_id = models.BigIntegerField(editable=False)
    source = models.CharField(max_length=10, choices=Source, default=Source.ENTRY, editable=False)

    class Meta(SealedModel.Meta):
        abstract = False
        verbose_name = _("antibody result")
        verbose_name_plural = _("antibody results")
        constraints = [
            models.UniqueConstraint(
                fields=["specimen", "specificity", "run_code", "recorded_by_id"],
                condition=Q(voided_at=None),
                name="immunology_antibodyresult_once",
                violation_error_message=_("Specificity: this specimen has a result for it in this run."),
            ),
            models.CheckConstraint(
                condition=Q(mfi=None) | Q(mfi__gte=0),
                name="immunology_antibodyresult_mfi_not_negative",
                violation_error_message=_("MFI: a raw value is not below 0."),
            ),
            models.CheckConstraint(
                condition=Q(mfi_limit="") | Q(mfi__isnull=False),
                name="immunology_antibodyresult_limit_of_a_value",
                violation_error_message=_(
                    "MFI: a value beyond the reader's range names the end of the range."
                ),
            ),
            models.CheckConstraint(
                condition=Q(dilution__gte=1),
                name="immunology_antibodyresult_dilution_at_least_neat",
                violation_error_message=_("Dilution: 1 is neat; a dilution is above it."),
            ),
            VoidableModel.void_constraint("immunology_antibodyresult_void_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.specimen_id} · {self.specificity}"

    def clean(self) -> None:
        """Ask the rules whether the specificity is an HLA name, and which class it is of."""
        in_class = class_of_specificity(self.specificity)
        if self.hla_class and self.hla_class != in_class:
            raise ValidationError({"hla_class": _("HLA class: not the class of this specificity.")})
        self.hla_class = in_class


class DsaFinding(SealedModel, AuditedModel):
    """The result of the rules for one participant and one donor's antigen: pre-formed, de novo, negative, and so on."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+", verbose_name=_("trial"))
    participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, related_name="+", verbose_name=_("participant")
    )
    donor_code = models.CharField(_("donor"), max_length=40)
    specificity = models.CharField(_("specificity"), max_length=80)
    hla_class = models.CharField(_("HLA class"), max_length=2, choices=HlaClass)
    is_reference = models.BooleanField(_("against the donor infused, or that would have been"), default=False)
    classification = models.CharField(_("classification"), max_length=50)
    flags = models.JSONField(_("flags"), default=list)
    baseline_mfi = models.DecimalField(
        _("baseline MFI"), max_digits=9, decimal_places=2, null=True, blank=True
    )
    peak_mfi = models.DecimalField(
        _("peak MFI after the first infusion"), max_digits=9, decimal_places=2, null=True, blank=True
    )
    last_mfi = models.DecimalField(_("last MFI"), max_digits=9, decimal_places=2, null=True, blank=True)
    above_threshold = models.BooleanField(_("above the protocol's threshold"), null=True, blank=True)
    beyond_evidence = models.JSONField(
        _("above the threshold, where it has no evidence"), default=list, blank=True
    )
    rule_set = models.CharField(_("rule set"), max_length=60)
    rules_sha256 = models.CharField(_("SHA-256 of the rule set"), max_length=64, blank=True)
    nomenclature_release = models.CharField(_("release of the nomenclature"), max_length=40, blank=True)
    judged_at = models.DateTimeField(_("judged at"))

    class Meta(SealedModel.Meta):
        abstract = False
        verbose_name = _("DSA finding")
        verbose_name_plural = _("DSA findings")
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "donor_code", "specificity"],
                name="immunology_dsafinding_once",
                violation_error_message=_("Finding: judged already for this donor and specificity."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} · {self.donor_code} · {self.specificity}"
