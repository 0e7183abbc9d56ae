"""Words of the board's app."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ReportKind(TextChoices):
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


class ReportFormat(TextChoices):
    JSON = "json", "JSON"
    HTML = "html", "HTML"
    PDF = "pdf", "PDF"


class ReportState(TextChoices):
    OWED = "owed", _("To be made")
    FROZEN = "frozen", _("Data frozen, being made")
    READY = "ready", _("Ready")


class MessageKind(TextChoices):
    REPORT_READY = "report_ready", _("A report is ready")
    REMINDER = "reminder", _("Reminder")
