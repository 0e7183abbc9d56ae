"""Answers of investigator and sponsor about an event: signed, append-only.

No person changes another's answer.
"""

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.models import AuditedModel
from events.models import AdverseEvent
from pharmacovigilance.choices import Side, SuspectCause
from pharmacovigilance.models.cases import SafetyCase
from trials.models import ProtocolVersion, Trial


class CausalityAssessment(AuditedModel):
    """One person's signed answer about one suspect cause of one event.

    Corrected by another answer of the same person.
    """

    append_only = True

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+", verbose_name=_("trial"))
    case = models.ForeignKey(
        SafetyCase, on_delete=models.PROTECT, related_name="causality", verbose_name=_("safety case")
    )
    event = models.ForeignKey(
        AdverseEvent, on_delete=models.PROTECT, related_name="causality_assessments",
        verbose_name=_("adverse event"),
    )  # fmt: skip
    event_version = models.PositiveIntegerField(_("version of the event"))
    side = models.CharField(_("side"), max_length=15, choices=Side)
    cause = models.CharField(_("suspect cause"), max_length=20, choices=SuspectCause)
    category = models.CharField(_("causality"), max_length=40, help_text=_("A category of the protocol."))
    is_related = models.BooleanField(_("counts as related"), editable=False)
    is_undetermined = models.BooleanField(_("undetermined, so not excluded"), editable=False)
    grounds = models.TextField(_("grounds"), help_text=_("No names, and nothing about the arm."))
    assessed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("assessed by")
    )
    assessed_at = models.DateTimeField(_("assessed at"))

    class Meta:
        verbose_name = _("assessment of a cause")
        verbose_name_plural = _("assessments of causes")
        constraints = [
            models.CheckConstraint(
                condition=~Q(grounds=""),
                name="pv_causality_has_grounds",
                violation_error_message=_("Grounds: say in a few words why."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} · {self.side} · {self.cause}"

    def clean(self) -> None:
        """The category is one of the protocol; its effect is stored with the answer."""
        protocol = ProtocolVersion.objects.protocol_of(trial_id=self.trial_id, on=None)
        known = {one.code: one for one in protocol.causality}
        if self.category not in known:
            message = _("Causality: %(value)s is not a category of the protocol; it has %(known)s.")
            params = {"value": self.category or "—", "known": ", ".join(known)}
            raise ValidationError({"category": ValidationError(message, params=params)})
        self.is_related = known[self.category].is_related
        self.is_undetermined = known[self.category].is_undetermined


class SeriousnessAssessment(AuditedModel):
    """The sponsor's signed answer whether an event is serious.

    The site's is in the clinical record; either suffices.
    """

    append_only = True

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+", verbose_name=_("trial"))
    case = models.ForeignKey(
        SafetyCase, on_delete=models.PROTECT, related_name="seriousness", verbose_name=_("safety case")
    )
    event = models.ForeignKey(
        AdverseEvent, on_delete=models.PROTECT, related_name="seriousness_assessments",
        verbose_name=_("adverse event"),
    )  # fmt: skip
    event_version = models.PositiveIntegerField(_("version of the event"))
    serious = models.BooleanField(_("serious"))
    criteria = ArrayField(
        models.CharField(max_length=30), default=list, blank=True, verbose_name=_("criteria")
    )
    grounds = models.TextField(_("grounds"), help_text=_("No names, and nothing about the arm."))
    assessed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("assessed by")
    )
    assessed_at = models.DateTimeField(_("assessed at"))

    class Meta:
        verbose_name = _("sponsor's assessment of seriousness")
        verbose_name_plural = _("sponsor's assessments of seriousness")
        constraints = [
            models.CheckConstraint(
                condition=~Q(grounds=""),
                name="pv_seriousness_has_grounds",
                violation_error_message=_("Grounds: say in a few words why."),
            ),
            models.CheckConstraint(
                condition=Q(serious=False, criteria=[]) | (Q(serious=True) & ~Q(criteria=[])),
                name="pv_seriousness_by_criterion",
                violation_error_message=_("Criteria: a serious event meets one or more, another meets none."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} · {self.serious}"
