"""The reports app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    """Reports to the data safety monitoring board."""

    name = "reports"
    verbose_name = _("Board reports")

    def ready(self) -> None:
        """Connect the receivers, and register the text of the mail with the heads of the trail."""
        from accounts.services import register_mail
        from reports.queries.audit_heads import MAIL_KIND
        from reports.services.heads import text_of_heads

        import_module("reports.receivers")
        register_mail(MAIL_KIND, text_of_heads)
