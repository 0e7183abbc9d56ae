"""The assessments app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssessmentsConfig(AppConfig):
    """Days in intensive care and protocol deviations."""

    name = "assessments"
    verbose_name = _("Assessments")
