"""The board's reports: the row is the job, the snapshot is the frozen input, the documents are the rendered result."""

from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import SealedModel, User
from audit.models import AuditedModel, OutboxModel, OutboxQuerySet
from reports.choices import FailedStep, MessageKind, ReportFormat, ReportKind, ReportState, ReportTrigger
from reports.rules.packing import BROKEN, packed, unpacked
from trials.models import Trial

LEASE = timedelta(minutes=2)
"""The lease of a claim: several times the time of a report, so that a dead worker costs minutes (own choice)."""


MOST_TRIES = 3
"""Attempts at a report before people get a mail (own choice)."""


Given = TypeVar("Given")
Read = TypeVar("Read")


class SnapshotField(models.BinaryField[Given, Read]):
    """The canonical JSON of a snapshot.

    In the database it is an ordinary column of bytes, also for migrations.
    """

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        kept = None if value is None else packed(bytes(value))
        return super().get_db_prep_value(kept, connection, prepared)

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> bytes | None:
        """Changed packed bytes are returned unchanged: their hash then differs, and other rows can still be read."""
        try:
            return None if value is None else unpacked(bytes(value))
        except BROKEN:
            return bytes(value)

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.BinaryField", args, kwargs


class BoardReportQuerySet(models.QuerySet["BoardReport"]):
    """Filters of board reports."""

    def ready(self) -> "BoardReportQuerySet":
        return self.filter(state=ReportState.READY)

    def free(self, *, at: datetime) -> "BoardReportQuerySet":
        """Still to be made, and not leased: never claimed, or claimed with an expired lease.

        A lease that ends much later than one taken now was taken before the clock was set back: it counts as expired.
        "Much" is a whole lease, because the clocks of two workers differ a little.
        """
        is_over = Q(claimed_until__lte=at) | Q(claimed_until__gt=at + 2 * LEASE)
        unmade = self.exclude(state__in=(ReportState.READY, ReportState.FAILED))
        return unmade.filter(Q(claimed_until=None) | is_over)


class BoardReport(AuditedModel):
    """One report of one look (or, without a look, ad hoc), in one version.

    Open and closed documents belong to it.
    """

    trial = models.ForeignKey(
        Trial, on_delete=models.PROTECT, related_name="board_reports", verbose_name=_("trial")
    )
    look = models.PositiveIntegerField(
        _("look"),
        null=True,
        blank=True,
        help_text=_("Number of enrolled participants that called for it; empty: ad hoc."),
    )
    number = models.PositiveIntegerField(_("report number"), help_text=_("Counted within the trial."))
    report_version = models.PositiveIntegerField(_("version of the report"), default=1)
    state = models.CharField(_("state"), max_length=10, choices=ReportState, default=ReportState.OWED)
    data_cutoff_at = models.DateTimeField(_("data cut-off"), null=True, blank=True)
    snapshot_sha256 = models.CharField(
        _("snapshot"),
        max_length=64,
        blank=True,
        help_text=_("SHA-256 of the open snapshot; the closed one's is sealed with it."),
    )
    attempt = models.PositiveIntegerField(default=0, editable=False)
    claimed_until = models.DateTimeField(null=True, blank=True, editable=False)
    tries = models.PositiveIntegerField(
        default=0, editable=False, help_text="Attempts since a person last had the report made again."
    )
    failed_step = models.CharField(_("what could not be done"), max_length=10, choices=FailedStep, blank=True)
    fault = models.CharField(
        _("fault"),
        max_length=80,
        blank=True,
        help_text=_("The kind of the fault in the program; it holds no data of the trial."),
    )
    ready_at = models.DateTimeField(_("ready at"), null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    trigger = models.CharField(
        _("called for by"),
        max_length=10,
        choices=[(each.value, each.label) for each in ReportTrigger if each != ReportTrigger.BOUNDARY],
        blank=True,
        help_text=_("Empty in reports older than this field: a look, or asked for."),
    )
    occasion = models.CharField(
        max_length=80, blank=True, editable=False, help_text="Which month of which schedule, which death."
    )

    corrects = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="corrected_by",
        verbose_name=_("corrects"),
        help_text=_("The version before, which stays as it is."),
    )
    corrections_until = models.DateTimeField(
        _("corrections until"),
        null=True,
        blank=True,
        help_text=_("Corrections made up to this moment are in; the data cut-off stays."),
    )

    objects = BoardReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("board report")
        verbose_name_plural = _("board reports")
        constraints = [
            models.UniqueConstraint(
                fields=["trial", "look", "report_version"], name="reports_boardreport_look_once"
            ),
            models.UniqueConstraint(fields=["trial", "number"], name="reports_boardreport_number_once"),
            models.UniqueConstraint(
                fields=["trial", "trigger", "occasion", "report_version"],
                condition=~Q(occasion=""),
                name="reports_boardreport_occasion_once",
            ),
            models.CheckConstraint(
                condition=~Q(trigger="boundary"),
                name="reports_boardreport_tells_no_boundary",
                violation_error_message=_("Called for by: what a boundary calls for is a sealed report."),
            ),
            models.CheckConstraint(
                condition=Q(corrects=None, corrections_until=None)
                | Q(corrects__isnull=False, corrections_until__isnull=False, report_version__gt=1),
                name="reports_boardreport_correction_whole",
                violation_error_message=_(
                    "Corrections until: a corrected version has it, and names the version it corrects."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(state="ready")
                | (Q(ready_at__isnull=False, data_cutoff_at__isnull=False) & ~Q(snapshot_sha256="")),
                name="reports_boardreport_ready_whole",
            ),
            models.CheckConstraint(
                condition=(Q(state="failed") & ~Q(failed_step=""))
                | (~Q(state="failed") & Q(failed_step="", fault="")),
                name="reports_boardreport_failed_whole",
                violation_error_message=_(
                    "State: a report that could not be made says what could not be done."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trial_id} · {self.number}"

    @property
    def called_for_by(self) -> ReportTrigger:
        """The trigger of the report, also for rows older than this column."""
        if self.trigger:
            return ReportTrigger(self.trigger)
        return ReportTrigger.REQUEST if self.look is None else ReportTrigger.LOOK


class ReportSnapshot(SealedModel, AuditedModel):
    """Every row that a report used, as canonical JSON, with its hash and the versions of code and data.

    One per kind: the open one has blinded rows only, so that its hash reveals nothing about the arms.
    """

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+")
    report = models.ForeignKey(BoardReport, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=ReportKind)
    content = SnapshotField()
    sha256 = models.CharField(max_length=64)

    append_only = True

    class Meta(SealedModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["report", "kind"], name="reports_reportsnapshot_once")]

    def __str__(self) -> str:
        return f"{self.report_id} · {self.kind}"


class ReportDocument(SealedModel, AuditedModel):
    """One rendered document. All are sealed: a service that checks the kind returns the open one."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+")
    report = models.ForeignKey(BoardReport, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=ReportKind)
    format = models.CharField(max_length=10, choices=ReportFormat)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)

    append_only = True

    class Meta(SealedModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["report", "kind", "format"], name="reports_reportdocument_once")
        ]

    def __str__(self) -> str:
        return f"{self.report_id} · {self.kind} · {self.format}"


class BoardMessage(OutboxModel):
    """The outbox: one message of one kind and number to one member about one report.

    It has the times of sending and reading.
    """

    report = models.ForeignKey(BoardReport, on_delete=models.PROTECT, related_name="messages")
    recipient = models.ForeignKey(User, on_delete=models.PROTECT, related_name="board_messages")
    kind = models.CharField(max_length=20, choices=MessageKind, default=MessageKind.REPORT_READY)
    number = models.PositiveIntegerField(
        default=1, help_text="Of a reminder: the number of the interval that has passed."
    )
    read_at = models.DateTimeField(null=True, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["report", "recipient", "kind", "number"], name="reports_boardmessage_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.report_id} · {self.recipient_id}"


class ReportView(AuditedModel):
    """One opening of a document. `copy_id` is on each page of a copy; the archived file itself has none."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+")
    report = models.ForeignKey(BoardReport, on_delete=models.PROTECT, related_name="views")
    reader = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=ReportKind)
    format = models.CharField(max_length=10, choices=ReportFormat)
    opened_at = models.DateTimeField()
    copy_id = models.CharField(_("copy"), max_length=16, blank=True)

    append_only = True

    def __str__(self) -> str:
        return f"{self.report_id} · {self.reader_id}"
