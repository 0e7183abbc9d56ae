"""The freezing and locking of a participant's data: from then on the database refuses writes about the participant."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.models import AuditedModel
from trials.choices import LockKind
from trials.models.design import Trial
from trials.models.participants import Participant


class DataLockQuerySet(models.QuerySet["DataLock"]):
    """Locks, and those of them that stand."""

    def standing(self) -> "DataLockQuerySet":
        return self.filter(lifted_at=None)


class DataLock(AuditedModel):
    """One closing of a participant's data. A frozen participant can be locked; what is lifted stays on record.

    A lock is signed (`accounts.RecordSignature`). Which tables are closed: every open table with a participant that is not
    marked `stays_open_when_locked` (`safety_monitor.protection`).
    """

    stays_open_when_locked = True

    trial = models.ForeignKey(
        Trial, on_delete=models.PROTECT, related_name="data_locks", verbose_name=_("trial")
    )
    participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, related_name="data_locks", verbose_name=_("participant")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=LockKind)
    why = models.TextField(_("why"), max_length=500)
    closed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("closed by")
    )
    closed_at = models.DateTimeField(_("closed at"))
    lifted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("lifted by")
    )
    lifted_at = models.DateTimeField(_("lifted at"), null=True, blank=True)
    lifted_because = models.TextField(_("why lifted"), max_length=500, blank=True)

    objects = DataLockQuerySet.as_manager()

    class Meta:
        verbose_name = _("lock of data")
        verbose_name_plural = _("locks of data")
        indexes = [models.Index(fields=["trial", "changed_at"], name="trials_datalock_changed")]
        constraints = [
            models.UniqueConstraint(
                fields=["participant"],
                condition=Q(lifted_at=None),
                name="trials_datalock_one_stands",
                violation_error_message=_("Participant: the data are closed already."),
            ),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None, lifted_because="")
                | (Q(lifted_at__isnull=False, lifted_by__isnull=False) & ~Q(lifted_because="")),
                name="trials_datalock_lifted_whole",
                violation_error_message=_("Why lifted: needed when a lock is lifted, and only then."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} · {self.kind}"
