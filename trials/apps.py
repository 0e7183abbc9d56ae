"""The trials app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrialsConfig(AppConfig):
    """Trials, protocols, sites, participants, infusions."""

    name = "trials"
    verbose_name = _("Trials")

    def ready(self) -> None:
        """Register where roles can be given."""
        import_module("accounts.services").register_places(import_module("trials.queries").places)
