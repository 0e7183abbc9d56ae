"""Rules as rows, the obligations that they start, and the steps of each obligation."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.models import AuditedModel
from pharmacovigilance.choices import (
    Basis,
    ClosedBecause,
    DeclarationKind,
    Judgement,
    ObligationState,
    ReportDestination,
    StepKind,
    Trigger,
)
from pharmacovigilance.models.cases import SafetyCase
from pharmacovigilance.models.receipts import Receipt
from pharmacovigilance.rules.obligation_states import Step, obligation_state
from pharmacovigilance.rules.obligations import Rule
from trials.models import Trial


class ObligationRule(AuditedModel):
    """One reporting rule of one trial. Only its effect changes: switched on or off, ended; the numbers never."""

    trial = models.ForeignKey(
        Trial, on_delete=models.PROTECT, related_name="obligation_rules", verbose_name=_("trial")
    )
    code = models.CharField(_("code"), max_length=60)
    label = models.CharField(_("rule"), max_length=250)
    destination = models.CharField(_("destination"), max_length=20, choices=ReportDestination)
    trigger = models.CharField(_("applies to"), max_length=20, choices=Trigger)
    basis = models.CharField(_("counts from"), max_length=20, choices=Basis)
    judgement = models.CharField(_("cause judged by"), max_length=10, choices=Judgement)
    hours = models.PositiveIntegerField(_("hours"), null=True, blank=True)
    days = models.PositiveIntegerField(_("calendar days"), null=True, blank=True)
    effective_from = models.DateField(_("in force from"))
    effective_until = models.DateField(_("in force until"), null=True, blank=True)
    is_on = models.BooleanField(_("on"))
    is_blinded = models.BooleanField(
        _("reported without the arm"),
        help_text=_("No: the case is handed to the unblinded desk, which reports it."),
    )
    source = models.TextField(_("source"))

    class Meta:
        verbose_name = _("reporting rule")
        verbose_name_plural = _("reporting rules")
        constraints = [
            models.UniqueConstraint(
                fields=["trial", "code"],
                name="pv_obligationrule_code_once",
                violation_error_message=_("Code: the trial has this rule already."),
            ),
            models.CheckConstraint(
                condition=Q(hours__isnull=False, days=None) | Q(hours=None, days__isnull=False),
                name="pv_obligationrule_hours_or_days",
                violation_error_message=_("Time: hours or days, one of them."),
            ),
            models.CheckConstraint(
                condition=Q(effective_until=None) | Q(effective_until__gte=F("effective_from")),
                name="pv_obligationrule_effect",
                violation_error_message=_("In force until: not before the first day."),
            ),
            models.CheckConstraint(
                condition=~Q(source=""),
                name="pv_obligationrule_has_source",
                violation_error_message=_("Source: a rule says where it comes from."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trial_id} · {self.code}"

    def as_rule(self) -> Rule:
        """The row as rules use it."""
        return Rule(
            self.pk,
            self.code,
            self.destination,
            self.trigger,
            self.basis,
            self.judgement,
            self.hours,
            self.days,
            self.effective_from,
            self.effective_until,
            self.is_on,
            self.is_blinded,
        )


class Declaration(AuditedModel):
    """A fact of the whole trial that starts an obligation: an unexpected fact, an urgent measure, a data lock."""

    append_only = True

    trial = models.ForeignKey(
        Trial, on_delete=models.PROTECT, related_name="declarations", verbose_name=_("trial")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=DeclarationKind)
    declared_at = models.DateTimeField(_("known, or taken, at"))
    text = models.TextField(_("in words"), help_text=_("No names, and nothing about an arm."))

    class Meta:
        verbose_name = _("declaration")
        verbose_name_plural = _("declarations")
        constraints = [
            models.CheckConstraint(
                condition=~Q(text=""),
                name="pv_declaration_says_what",
                violation_error_message=_("In words: say what happened or was done."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trial_id} · {self.kind}"


class ObligationQuerySet(models.QuerySet["Obligation"]):
    """Filters of obligations."""

    def with_relations(self) -> "ObligationQuerySet":
        """With all relations of a list, in three queries."""
        rows = self.select_related("trial", "rule", "case__participant__site", "declaration")
        return rows.prefetch_related("steps")


class Obligation(AuditedModel):
    """A report that is due to a recipient by a time.

    The row never changes: neither day 0 nor the due time can move.

    Later information makes another row. The acts on it are in its steps.
    """

    append_only = True

    trial = models.ForeignKey(
        Trial, on_delete=models.PROTECT, related_name="obligations", verbose_name=_("trial")
    )
    rule = models.ForeignKey(
        ObligationRule, on_delete=models.PROTECT, related_name="obligations", verbose_name=_("rule")
    )
    case = models.ForeignKey(
        SafetyCase, on_delete=models.PROTECT, null=True, blank=True, related_name="obligations",
        verbose_name=_("safety case"),
    )  # fmt: skip
    receipt = models.ForeignKey(
        Receipt, on_delete=models.PROTECT, null=True, blank=True, related_name="obligations",
        verbose_name=_("started by"),
    )  # fmt: skip
    declaration = models.ForeignKey(
        Declaration, on_delete=models.PROTECT, null=True, blank=True, related_name="obligations",
        verbose_name=_("declaration"),
    )  # fmt: skip
    sequence = models.PositiveSmallIntegerField(
        _("how often it was started"), default=1, help_text=_("Started again after it was closed: 2 and up.")
    )
    destination = models.CharField(_("destination"), max_length=20, choices=ReportDestination)
    is_blinded = models.BooleanField(_("reported without the arm"))
    day_0_at = models.DateTimeField(_("day 0"))
    due_at = models.DateTimeField(_("due"))
    reasons = models.JSONField(_("because"), default=list, blank=True)

    objects = ObligationQuerySet.as_manager()

    class Meta:
        verbose_name = _("obligation")
        verbose_name_plural = _("obligations")
        indexes = [models.Index(fields=["trial", "due_at"], name="pv_obligation_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "receipt", "declaration", "sequence"],
                nulls_distinct=False,
                name="pv_obligation_once",
                violation_error_message=_("Obligation: started already by this information."),
            ),
            models.CheckConstraint(
                condition=Q(case__isnull=False, receipt__isnull=False, declaration=None)
                | Q(case=None, receipt=None, declaration__isnull=False),
                name="pv_obligation_of_one",
                violation_error_message=_("An obligation is of a case or of a declaration."),
            ),
            models.CheckConstraint(
                condition=Q(due_at__gt=F("day_0_at")),
                name="pv_obligation_due_after_day_0",
                violation_error_message=_("Due: after day 0."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id or self.declaration_id} · {self.destination} · {self.pk}"

    def state_at(self, at: datetime) -> ObligationState:
        """Its state, by its open steps (prefetched, or one query)."""
        steps = [Step(step.kind, step.done_at) for step in self.steps.all()]
        return obligation_state(day_0_at=self.day_0_at, due_at=self.due_at, steps=steps, at=at)


class ObligationStep(AuditedModel):
    """One event of an obligation, or of the message that meets it. The log of messages, on the open side."""

    append_only = True

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+", verbose_name=_("trial"))
    obligation = models.ForeignKey(
        Obligation, on_delete=models.PROTECT, related_name="steps", verbose_name=_("obligation")
    )
    kind = models.CharField(_("what"), max_length=15, choices=StepKind)
    done_at = models.DateTimeField(_("at"))
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    case_version = models.PositiveIntegerField(_("version of the case"), null=True, blank=True)
    reference = models.CharField(
        _("reference"), max_length=200, blank=True, help_text=_("Of the message, or of its acknowledgement.")
    )
    closed_because = models.CharField(_("closed because"), max_length=20, choices=ClosedBecause, blank=True)
    text = models.TextField(_("in words"), blank=True)
    late_reason = models.TextField(_("why late"), blank=True)

    class Meta:
        verbose_name = _("step of an obligation")
        verbose_name_plural = _("steps of obligations")
        constraints = [
            models.CheckConstraint(
                condition=(Q(kind=StepKind.CLOSED) & ~Q(closed_because="") & ~Q(text=""))
                | (~Q(kind=StepKind.CLOSED) & Q(closed_because="")),
                name="pv_obligationstep_closed_whole",
                violation_error_message=_("Closed: say because of what, and in words."),
            ),
            models.CheckConstraint(
                condition=~Q(kind=StepKind.EXPLAINED) | ~Q(late_reason=""),
                name="pv_obligationstep_explains",
                violation_error_message=_("Why late: say it in a few words."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.obligation_id} · {self.kind}"
