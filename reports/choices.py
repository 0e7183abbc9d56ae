"""Words of the reports app."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ReportKind(TextChoices):
    """The open report, pooled, and the closed one, by coded arm."""

    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


class ReportFormat(TextChoices):
    """The file formats of a report."""

    JSON = "json", "JSON"
    HTML = "html", "HTML"
    PDF = "pdf", "PDF"


class ReportState(TextChoices):
    """How far a report is made."""

    OWED = "owed", _("To be made")
    FROZEN = "frozen", _("Data frozen, being made")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Could not be made")


class FailedStep(TextChoices):
    """The step of a report that failed. In words without any data."""

    FREEZING = "freezing", _("the data could not be frozen")
    DOCUMENTS = "documents", _("the documents could not be made of the frozen data")
    WORKER = "worker", _("the worker stopped each time before the report was ready")


class MessageKind(TextChoices):
    """What a message to the board is for."""

    REPORT_READY = "report_ready", _("A report is ready")
    REMINDER = "reminder", _("Reminder")


class ReportTrigger(TextChoices):
    """The trigger of a report."""

    LOOK = "look", _("A planned look")
    CALENDAR = "calendar", _("The calendar")
    DEATH = "death", _("A death")
    REQUEST = "request", _("Asked for")
    BOUNDARY = "boundary", _("A safety boundary")


class Recommendation(TextChoices):
    """Recommendations of a meeting, or in answer to an alert (ICH E6(R2) 5.5.2 and the charters' usual list).

    None of them halts anything by itself.
    """

    CONTINUE = "continue", _("Continue unmodified")
    MODIFY = "modify", _("Continue with modification")
    PAUSE = "pause", _("Suspend enrolment")
    STOP = "stop", _("Stop for harm")
    MORE_DATA = "more_data", _("Ask for more data")
    AD_HOC = "ad_hoc", _("Meet again ad hoc")

    @classmethod
    def _missing_(cls, value: object) -> "Recommendation | None":
        """Answers to alerts used another word for it.

        Such rows are never changed, and are read as this value.
        """
        return cls.AD_HOC if value == "meet" else None
