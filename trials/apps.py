"""The trials app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrialsConfig(AppConfig):
    """Trials, protocols, sites, participants, infusions."""

    name = "trials"
    verbose_name = _("Trials")
