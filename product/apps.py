"""The product app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProductConfig(AppConfig):
    """Sealed: allocation, batches, dispensed doses; and unblinding."""

    name = "product"
    verbose_name = _("Product")

    def ready(self) -> None:
        """Connect the receivers, and register the texts of mails about unblindings."""
        import_module("product.receivers")
        import_module("product.services.unblinding.repeats")
