"""Remarks of an import about unusable or odd input: sentences for the reconciliation of every board report."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from audit.models import VoidableModel
from trials.models.design import Trial


class SourceRemark(VoidableModel):
    """A sentence about a file or record; a later import voids it when the files no longer give cause for it.

    It has nothing sealed and quotes no free text, because every report prints it, the open one too.
    """

    trial = models.ForeignKey(
        Trial, on_delete=models.PROTECT, related_name="source_remarks", verbose_name=_("trial")
    )
    code = models.CharField(_("kind"), max_length=40)
    participant_code = models.CharField(_("participant"), max_length=40, blank=True)
    record = models.CharField(_("record"), max_length=200)
    message = models.TextField(_("remark"))

    class Meta:
        verbose_name = _("remark on imported data")
        verbose_name_plural = _("remarks on imported data")
        constraints = [
            models.UniqueConstraint(
                fields=["trial", "code", "participant_code", "record", "message"],
                condition=models.Q(voided_at=None),
                name="trials_sourceremark_once",
                violation_error_message=_("Remark: it is recorded already."),
            ),
            VoidableModel.void_constraint("trials_sourceremark_void_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.trial_id} · {self.code} · {self.record}"
