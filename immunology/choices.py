"""Words of the immunology app."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class SpecimenKind(TextChoices):
    SERUM = "serum", _("Serum")
    EDTA_PLASMA = "edta_plasma", _("EDTA plasma")


class HlaClass(TextChoices):
    I = "I", _("Class I")  # noqa: E741
    II = "II", _("Class II")


class Treatment(TextChoices):
    """What was done to the serum against the prozone."""

    NONE = "NONE", _("None")
    EDTA = "EDTA", _("EDTA")
    DTT = "DTT", _("DTT")
    HEAT = "HEAT", _("Heat")
    UNKNOWN = "UNKNOWN", _("Unknown")
