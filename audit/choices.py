"""Words of the audit trail."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Change(TextChoices):
    INSERT = "INSERT", _("Recorded")
    UPDATE = "UPDATE", _("Changed")
