"""The trials app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrialsConfig(AppConfig):
    """Trials, participants, infusions, allocation, unblinding."""

    name = "trials"
    verbose_name = _("Trials")

    def ready(self) -> None:
        """Listen to its own news."""
        import_module("trials.receivers")
