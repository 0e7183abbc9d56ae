"""The events app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EventsConfig(AppConfig):
    """Adverse events and their dictionaries."""

    name = "events"
    verbose_name = _("Events")
