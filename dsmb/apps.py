"""The board's app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DsmbConfig(AppConfig):
    """Reports to the data safety monitoring board."""

    name = "dsmb"
    verbose_name = _("Board reports")

    def ready(self) -> None:
        """Listen to lower apps, and name the e-mails."""
        import_module("dsmb.receivers")
        import_module("dsmb.services.failing")
