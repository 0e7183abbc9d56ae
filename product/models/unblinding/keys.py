"""The openings of the key of the coded arms."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.models import AuditedModel
from trials.models.design import Trial


class ArmKeyOpening(AuditedModel):
    """One opening of the key from letters to arms: who, when, why. The key itself is not here."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+", verbose_name=_("trial"))
    opened_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("opened by")
    )
    opened_at = models.DateTimeField(_("opened at"))
    reason = models.TextField(_("why"))

    append_only = True

    class Meta:
        verbose_name = _("opening of the key")
        verbose_name_plural = _("openings of the key")
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="product_armkeyopening_has_reason",
                violation_error_message=_("Why: the key is not opened without a reason."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trial_id} · {self.pk}"
