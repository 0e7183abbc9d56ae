"""A person's saved views of lists, and the log of lists that were exported."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.models import AuditedModel, FollowedModel
from data_management.choices import ExportFormat
from trials.models import Trial


class SavedView(AuditedModel):
    """A named set of filters, ordering and search of one list, of one person. Nobody else sees it.

    Unblinded people have views too, and name them as they like: the entries in the trail are sealed and of no trial.
    """

    trail_sealed = True

    owner = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="saved_views", verbose_name=_("owner")
    )
    list_table = models.CharField(_("list"), max_length=63)
    name = models.CharField(_("name"), max_length=60)
    query_string = models.CharField(_("filters"), max_length=1000, blank=True)
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "list_table", "name"],
                condition=models.Q(removed_at=None),
                name="data_management_view_name_once",
                violation_error_message=_(
                    "Name: you have a view of this name on this list; give another one."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.owner_id} · {self.list_table} · {self.name}"


class ListExport(FollowedModel):
    """One list that left the system as a file. Of sealed lists there is none here: their log is that of clearances.

    `filters` holds names and values; of somebody with an unblinded role the names alone, since this log is open.
    """

    append_only = True

    trial = models.ForeignKey(
        Trial,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="list_exports",
        verbose_name=_("trial"),
    )
    list_table = models.CharField(_("list"), max_length=63)
    format = models.CharField(_("format"), max_length=4, choices=ExportFormat)
    filters = models.JSONField(_("filters"), default=dict, blank=True)
    columns = models.JSONField(_("columns"), default=list)
    rows = models.PositiveIntegerField(_("rows"))
    exported_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("who"))
    exported_at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("exported list")
        verbose_name_plural = _("exported lists")
        indexes = [models.Index(fields=["trial", "id"], name="data_management_export_trial")]

    def __str__(self) -> str:
        return f"{self.pk} · {self.list_table}"
