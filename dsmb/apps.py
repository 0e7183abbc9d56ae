"""The board's app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DsmbConfig(AppConfig):
    """Reports to the data safety monitoring board."""

    name = "dsmb"
    verbose_name = _("Board reports")

    def ready(self) -> None:
        """Listen to lower apps, and name who makes the text of the app's mails."""
        import_module("dsmb.receivers")
        import_module("reports.services.failing")
        from accounts.services import register_mail
        from reports.queries.audit_heads import MAIL_KIND
        from reports.services.heads import text_of_heads

        register_mail(MAIL_KIND, text_of_heads)
