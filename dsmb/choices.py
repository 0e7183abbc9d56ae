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


class ReportTrigger(TextChoices):
    """What called for a report."""

    LOOK = "look", _("A planned look")
    CALENDAR = "calendar", _("The calendar")
    DEATH = "death", _("A death")
    REQUEST = "request", _("Asked for")
    BOUNDARY = "boundary", _("A safety boundary")


class AlertAnswerChoice(TextChoices):
    """What the board makes of an alert. An alert is a prompt: none of the answers halts anything by itself."""

    CONTINUE = "continue", _("Continue unchanged")
    MODIFY = "modify", _("Continue with a modification")
    PAUSE = "pause", _("Recommend to pause enrolment")
    STOP = "stop", _("Recommend to stop for harm")
    MORE_DATA = "more_data", _("Ask for more data")
    MEET = "meet", _("Meet ad hoc")
