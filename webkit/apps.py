"""The webkit app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebkitConfig(AppConfig):
    """Base classes of forms, pages and the HTTP API, and their templates."""

    name = "webkit"
    verbose_name = _("Web toolkit")
