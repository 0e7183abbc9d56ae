"""The board's app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DsmbConfig(AppConfig):
    """The data safety monitoring board: meetings, votes, recommendations, the portal."""

    name = "dsmb"
    verbose_name = _("Data safety monitoring board")

    def ready(self) -> None:
        """Connect the receivers, and register the text of the mail with a link to the portal."""
        from accounts.services import register_mail
        from dsmb.services.failed_report_mail import text_of_failed_report
        from reports.services.failing import MAIL

        import_module("dsmb.receivers")
        register_mail(MAIL, text_of_failed_report)
