"""The pharmacovigilance app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PharmacovigilanceConfig(AppConfig):
    """Safety cases, assessments, obligations, and the desk of the unblinded reporter."""

    name = "pharmacovigilance"
    verbose_name = _("Pharmacovigilance")

    def ready(self) -> None:
        """Connect the receivers; register the texts of mails."""
        from pharmacovigilance import receivers  # noqa: F401
        from pharmacovigilance.services import mail_texts  # noqa: F401
