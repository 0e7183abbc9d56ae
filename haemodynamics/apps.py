"""The haemodynamics app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HaemodynamicsConfig(AppConfig):
    """Checks after an infusion."""

    name = "haemodynamics"
    verbose_name = _("Haemodynamics")

    def ready(self) -> None:
        """Connect the receivers, and give the temperatures to what proposes events."""
        import_module("haemodynamics.receivers")
        import_module("haemodynamics.queries.temperatures")
