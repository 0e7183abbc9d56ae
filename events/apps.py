"""The events app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EventsConfig(AppConfig):
    """Adverse events and haemodynamic checks."""

    name = "events"
    verbose_name = _("Events")

    def ready(self) -> None:
        """Listen to lower apps."""
        from events.services import notice_mail  # noqa: F401
        from haemodynamics import receivers  # noqa: F401
