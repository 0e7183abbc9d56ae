"""The pharmacovigilance app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PharmacovigilanceConfig(AppConfig):
    """Safety cases, assessments, obligations, and the desk of the unblinded reporter."""

    name = "pharmacovigilance"
    verbose_name = _("Pharmacovigilance")
