"""The trail that the database writes, and the bases of the models that it follows."""

from typing import ClassVar, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audit.choices import Change

FIRST_SEALED_ID = 10**18
"""Sealed entries have a number series of their own, from here up, so that the numbers of the others have no gaps."""


class EntryQuerySet(models.QuerySet["Entry"]):
    """Filters of the trail's entries."""

    def of_row(self, *, table: str, row_id: int) -> "EntryQuerySet":
        return self.filter(table_name=table, row_id=row_id)


class Entry(models.Model):
    """One change of one row: who, when, why, in which request; the row before and after.

    Written by triggers only.

    Entries of sealed tables are sealed too (row-level security): without a clearance they are not visible. The actor is
    stored as id and name, without a foreign key, so that the trail does not depend on other tables.
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
            models.Index(fields=["transaction_id", "id"], name="audit_entry_transaction"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} · {self.change} · {self.table_name} {self.row_id}"


class Chain(models.Model):
    """A chain of blocks: of a trial's open entries, of its sealed ones, or (without a trial) of accounts.

    Length and head are stored here a second time, so that a missing last block is detected.
    """

    trial_id = models.BigIntegerField(null=True)
    sealed = models.BooleanField()
    length = models.BigIntegerField()
    entries = models.BigIntegerField()
    head_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["trial_id", "sealed"], name="audit_chain_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.trial_id} · {'sealed' if self.sealed else 'open'}"


class Block(models.Model):
    """Some entries of a chain, each by its SHA-256, and a hash over them and the hash of the block before.

    Written by `audit_seal` only.
    """

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="blocks")
    trial_id = models.BigIntegerField(null=True)
    sealed = models.BooleanField()
    number = models.BigIntegerField()
    made_at = models.DateTimeField()
    first_entry_id = models.BigIntegerField()
    last_entry_id = models.BigIntegerField()
    entry_ids = ArrayField(models.BigIntegerField())
    entry_sha256 = ArrayField(models.BinaryField())
    previous_sha256 = models.CharField(max_length=64, blank=True)
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "number"], name="audit_block_number_once")]
        indexes = [models.Index(fields=["chain", "last_entry_id"], name="audit_block_last_entry")]

    def __str__(self) -> str:
        return f"{self.chain_id} · {self.number}"


class Sealing(models.Model):
    """The progress of the sealing, in one row that is also its lock.

    All transactions below `horizon` are in blocks.
    """

    horizon = models.BigIntegerField()
    swept_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.horizon)


class FollowedModel(models.Model):
    """A row that the trail follows: the database records every insert and update, and refuses a delete."""

    append_only: ClassVar[bool] = False
    trail_trial: ClassVar[str] = "trial_id"
    """The column that leads to the trial: `trial_id`, the `id` of the trial itself, or a `trial_code`."""
    trail_part_of: ClassVar[str] = ""
    """The relation to the record whose history includes the row's own changes, if the row is a part of one."""
    trail_leaves_out: ClassVar[tuple[str, ...]] = ()
    """Columns that the trail does not store; a change of them only makes no entry."""
    trail_keeps_secret: ClassVar[tuple[str, ...]] = ("content",)
    """Columns of which the trail stores the SHA-256 (`sha256_of_…`) and never the value: secrets and frozen files."""
    trail_sealed: ClassVar[bool] = False
    """Whether the entries are sealed: those of every sealed model, and of tables whose number of rows is secret."""
    trail_needs_a_name: ClassVar[bool] = True
    """Whether the database refuses a write without an actor and a reason."""

    stays_open_when_locked: ClassVar[bool] = False
    """Whether rows about a participant are still written after the participant's data were frozen or locked."""

    class Meta:
        abstract = True

    @classmethod
    def columns_kept_secret(cls) -> tuple[str, ...]:
        """The columns of `trail_keeps_secret` that the table has."""
        columns = {field.column for field in cls._meta.concrete_fields}
        return tuple(name for name in cls.trail_keeps_secret if name in columns)


_Message = TypeVar("_Message", bound="OutboxModel")


class OutboxQuerySet(models.QuerySet[_Message]):
    """Filters of messages."""

    def unsent(self) -> "OutboxQuerySet[_Message]":
        """Messages still to be sent. A person without an address finds theirs in the site only."""
        return self.filter(sent_at=None).exclude(recipient__email="")


class OutboxModel(FollowedModel):
    """A message to one person: who, of which kind, when it was created, sent and read.

    The text is not stored.

    Tasks write these rows without an actor. The entries are sealed and belong to no trial: some messages follow from
    sealed work, and neither their count nor a gap in the numbers of open entries may reveal it.
    """

    trail_sealed = True
    trail_needs_a_name = False

    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class AuditedModel(FollowedModel):
    """A followed row of a trial, with the columns by which the trail is read.

    `recorded_at` is when the system first stored the row, `changed_at` when it last changed, `version` counts the
    changes; services set them from their argument `at`.
    """

    recorded_at = models.DateTimeField(_("recorded at"), editable=False)
    changed_at = models.DateTimeField(_("changed at"), editable=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta:
        abstract = True


class VoidableQuerySet(models.QuerySet["VoidableModel"]):
    """Filters of rows that can be void."""

    def standing(self) -> "VoidableQuerySet":
        return self.filter(voided_at=None)


class VoidableModel(AuditedModel):
    """An audited row that can be voided with a reason, because nothing clinical is deleted."""

    voided_at = models.DateTimeField(_("voided at"), null=True, blank=True, editable=False)
    void_reason = models.TextField(_("reason for voiding"), blank=True, editable=False)

    class Meta:
        abstract = True

    @staticmethod
    def void_constraint(name: str) -> models.CheckConstraint:
        """A voided row has a reason; a row that is not voided has none."""
        return models.CheckConstraint(
            name=name,
            condition=(Q(voided_at=None) & Q(void_reason=""))
            | (Q(voided_at__isnull=False) & ~Q(void_reason="")),
            violation_error_message=_("Reason for voiding: needed when a record is voided, and only then."),
        )
