"""The record of an import."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from audit.models import AuditedModel
from trials.models import Trial


class ImportRun(AuditedModel):
    """One import of one folder: its hash, its result, and what there is to reconcile."""

    trial = models.ForeignKey(
        Trial, on_delete=models.PROTECT, related_name="import_runs", verbose_name=_("trial")
    )
    folder_name = models.CharField(_("folder"), max_length=200)
    folder_sha256 = models.CharField(max_length=64)
    summary = models.JSONField(_("summary"))
    imported_at = models.DateTimeField(_("imported at"))

    append_only = True

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")

    def __str__(self) -> str:
        return f"{self.trial_id} · {self.folder_name}"
