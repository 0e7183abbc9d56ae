"""The trail that the database writes, and the bases of the models that it follows."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audit.choices import Change


class EntryQuerySet(models.QuerySet["Entry"]):
    def of_row(self, *, table: str, row_id: int) -> "EntryQuerySet":
        return self.filter(table_name=table, row_id=row_id)


class Entry(models.Model):
    """One change of one row: who, when, why, in which request; the row before and after. Written by triggers only.

    Entries of sealed tables are sealed themselves (row-level security): without a clearance they are not there.
    The actor is kept as id and name, without a foreign key, so that the trail stands by itself.
    """

    at = models.DateTimeField(_("when"))
    written_at = models.DateTimeField(_("written at"))
    actor_id = models.BigIntegerField()
    actor_label = models.CharField(_("who"), max_length=150)
    reason = models.TextField(_("why"))
    request_id = models.CharField(_("request"), max_length=64, blank=True)
    trial_id = models.BigIntegerField(null=True)
    table_name = models.CharField(_("table"), max_length=63)
    row_id = models.BigIntegerField()
    change = models.CharField(_("change"), max_length=6, choices=Change)
    old = models.JSONField(_("before"), null=True)
    new = models.JSONField(_("after"), null=True)
    sealed = models.BooleanField(default=False)
    transaction_id = models.BigIntegerField()

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        indexes = [
            models.Index(fields=["table_name", "row_id", "id"], name="audit_entry_row"),
            models.Index(fields=["trial_id", "id"], name="audit_entry_trial"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} · {self.change} · {self.table_name} {self.row_id}"


class AuditedModel(models.Model):
    """A row that the trail follows: every insert and update is written down, a delete is refused, by the database.

    `recorded_at` is when the system first learnt of the row, `changed_at` when it last changed, `version` counts the
    changes; services set them from the `at` they are given.
    """

    recorded_at = models.DateTimeField(_("recorded at"), editable=False)
    changed_at = models.DateTimeField(_("changed at"), editable=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    append_only: ClassVar[bool] = False

    class Meta:
        abstract = True


class VoidableQuerySet(models.QuerySet["VoidableModel"]):
    def standing(self) -> "VoidableQuerySet":
        return self.filter(voided_at=None)


class VoidableModel(AuditedModel):
    """An audited row that can be voided with a reason, since nothing clinical is deleted."""

    voided_at = models.DateTimeField(_("voided at"), null=True, blank=True, editable=False)
    void_reason = models.TextField(_("reason for voiding"), blank=True, editable=False)

    class Meta:
        abstract = True

    @staticmethod
    def void_constraint(name: str) -> models.CheckConstraint:
        """A voided row has a reason, a standing one has none."""
        return models.CheckConstraint(
            name=name,
            condition=(Q(voided_at=None) & Q(void_reason=""))
            | (Q(voided_at__isnull=False) & ~Q(void_reason="")),
            violation_error_message=_("Reason for voiding: needed when a record is voided, and only then."),
        )
