"""The data_management app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DataManagementConfig(AppConfig):
    """Queries, verification, what is missing, lists as files, pages and exports of the audit trail."""

    name = "data_management"
    verbose_name = _("Data management")

    def ready(self) -> None:
        """Register the page of the history of a record."""
        from webkit.admin.history_page import register_history_page

        register_history_page("admin:row_history")
