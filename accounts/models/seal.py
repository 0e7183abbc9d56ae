"""The seal: who opened sealed rows, and the base of models whose rows are sealed."""

from contextvars import ContextVar
from typing import Any, ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.choices import ClearanceGround
from audit.models import FollowedModel


class SealedError(Exception):
    """Sealed rows were read without a clearance: open one with ``accounts.services.cleared``."""


open_clearance: ContextVar["Clearance | None"] = ContextVar("open_clearance", default=None)
"""The clearance of the running block. The database does not rely on it: it reads the row itself."""


class Clearance(FollowedModel):
    """One opening of sealed rows: who, on which ground, of which trial, why, in which transaction.

    Only the database function `accounts_open_clearance` writes these rows; row-level security looks for the row of the
    running transaction. The trail follows them, so that a later change or deletion is detected. Their entries are
    sealed, because their number reveals how often sealed rows are opened. Trial 0 opens sealed rows that belong to no
    trial.
    """

    append_only = True
    trail_sealed = True
    trail_needs_a_name = (
        False  # the row itself has person and reason; it is also written where nothing is changed
    )

    ground = models.CharField(max_length=20, choices=ClearanceGround)
    actor_id = models.BigIntegerField()
    trial_id = models.BigIntegerField()
    participant_id = models.BigIntegerField(null=True)
    purpose = models.TextField()
    request_id = models.CharField(max_length=64, blank=True)
    opened_at = models.DateTimeField()
    transaction_id = models.BigIntegerField()

    class Meta:
        verbose_name = _("clearance")
        verbose_name_plural = _("clearances")
        indexes = [models.Index(fields=["trial_id", "opened_at"], name="accounts_clearance_trial")]

    def __str__(self) -> str:
        return f"{self.pk} · {self.ground}"


class OpeningLogEntry(FollowedModel):
    """The same opening, written on a separate connection before anything is read.

    It remains when the transaction that opened the seal is rolled back, as for a refused request or a rehearsed import.
    Only the database function `accounts_log_opening` writes these rows. `transaction_id` identifies the clearance, if
    that was committed.
    """

    append_only = True
    trail_sealed = True
    trail_needs_a_name = False

    ground = models.CharField(max_length=20, choices=ClearanceGround)
    actor_id = models.BigIntegerField()
    trial_id = models.BigIntegerField()
    participant_id = models.BigIntegerField(null=True)
    purpose = models.TextField()
    request_id = models.CharField(max_length=64, blank=True)
    opened_at = models.DateTimeField()
    transaction_id = models.BigIntegerField()
    logged_at = models.DateTimeField()

    class Meta:
        verbose_name = _("entry of the log of openings")
        verbose_name_plural = _("entries of the log of openings")
        indexes = [
            models.Index(fields=["trial_id", "opened_at"], name="accounts_opening_trial"),
            models.Index(fields=["transaction_id"], name="accounts_opening_transaction"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} · {self.ground}"


class SealedManager(models.Manager[Any]):
    """Raises an error without an open clearance: an empty result would be read as "none"."""

    def get_queryset(self) -> models.QuerySet[Any]:
        if open_clearance.get() is None:
            raise SealedError(f"{self.model.__name__} is sealed: open a clearance first.")
        return super().get_queryset()

    def none(self) -> models.QuerySet[Any]:
        """An empty queryset without a clearance: schema generation needs the model and no rows."""
        return models.QuerySet(self.model, using=self._db).none()


class SealedModel(models.Model):
    """A sealed table: row-level security is forced on it, and its manager requires a clearance.

    A subclass has a `trial` column; one with a `participant` column can also be opened for that participant alone.
    """

    trail_sealed: ClassVar[bool] = True

    objects: ClassVar[models.Manager[Self]] = SealedManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"
