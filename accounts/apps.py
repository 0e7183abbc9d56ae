"""The accounts app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """People, roles, tokens, clearances, and the outbox of e-mails."""

    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        """Connect the signal receivers and register the texts of the mails."""
        import_module("accounts.receivers")
        import_module("accounts.services.mail_texts").register()
