"""Which account belongs to which laboratory: it sees and excuses the sera of its own laboratories only."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.models import VoidableModel
from trials.models import Trial


class LaboratoryAccount(VoidableModel):
    """One account of one laboratory in a trial. Ended by voiding it with a reason."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+", verbose_name=_("trial"))
    laboratory = models.CharField(_("laboratory"), max_length=80)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("account"))

    class Meta:
        verbose_name = _("account of a laboratory")
        verbose_name_plural = _("accounts of laboratories")
        constraints = [
            models.UniqueConstraint(
                fields=["trial", "laboratory", "user"],
                condition=models.Q(voided_at=None),
                name="immunology_laboratoryaccount_once",
                violation_error_message=_("Account: it belongs to this laboratory already."),
            ),
            VoidableModel.void_constraint("immunology_laboratoryaccount_void_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} · {self.laboratory}"
