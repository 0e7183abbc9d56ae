"""The events app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EventsConfig(AppConfig):
    """Adverse events and their dictionaries."""

    name = "events"
    verbose_name = _("Events")

    def ready(self) -> None:
        """Register the text of the mail about a serious event, and what follows from a measured value."""
        import_module("events.services.notice_mail")
        import_module("events.receivers")
