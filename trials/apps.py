"""The trials app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrialsConfig(AppConfig):
    """Trials, participants, infusions, allocation, unblinding."""

    name = "trials"
    verbose_name = _("Trials")

    def ready(self) -> None:
        """Listen to its own news, give its mails their texts, and say where roles can be given."""
        import_module("product.receivers")
        import_module("product.services.unblinding.repeats")
        import_module("accounts.services").register_places(import_module("trials.queries").places)
