"""The project's own app: commands, checks, and the admin site that replaces Django's."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class SafetyMonitorConfig(AppConfig):
    """The project's own app."""

    name = "safety_monitor"

    def ready(self) -> None:
        """Load the Celery application, so that every process sends its tasks to the configured broker.

        Watch sessions.
        """
        from safety_monitor import celery, sessions  # noqa: F401


class SafetyAdminConfig(AdminConfig):
    """Django's admin with our own site."""

    default_site = "safety_monitor.admin_site.SafetyAdminSite"
