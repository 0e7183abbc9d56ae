"""The immunology app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImmunologyConfig(AppConfig):
    """Specimens, and antibodies inside the seal."""

    name = "immunology"
    verbose_name = _("Immunology")

    def ready(self) -> None:
        """Connect the receivers."""
        from immunology import receivers  # noqa: F401
