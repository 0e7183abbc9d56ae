"""The worklist app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorklistConfig(AppConfig):
    """The first page of every role."""

    name = "worklist"
    verbose_name = _("Worklist")
