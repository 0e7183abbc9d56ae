"""Words of the haemodynamics app."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RespiratorySupport(TextChoices):
    """Kinds of respiratory support."""

    INVASIVE = "invasive", _("Invasive ventilation")
    NON_INVASIVE = "non_invasive", _("Non-invasive ventilation")
    HIGH_FLOW = "high_flow", _("High-flow nasal oxygen")
    OXYGEN = "oxygen", _("Oxygen")
    NONE = "none", _("Room air")


class Vasopressor(TextChoices):
    """Vasopressors and inotropes of a reading."""

    NOREPINEPHRINE = "norepinephrine", _("Norepinephrine")
    EPINEPHRINE = "epinephrine", _("Epinephrine")
    PHENYLEPHRINE = "phenylephrine", _("Phenylephrine")
    DOPAMINE = "dopamine", _("Dopamine")
    VASOPRESSIN = "vasopressin", _("Vasopressin")


class RateUnit(TextChoices):
    """Units of the rate of a pump."""

    UG_MIN = "ug/min", _("µg/min")
    UG_KG_MIN = "ug/kg/min", _("µg/kg/min")
    MG_H = "mg/h", _("mg/h")
    U_MIN = "U/min", _("U/min")
    U_H = "U/h", _("U/h")


class FindingState(TextChoices):
    """How far a finding is assessed."""

    CANDIDATE = "candidate", _("To be assessed")
    CONFIRMED = "confirmed", _("Confirmed")
    REFUTED = "refuted", _("Refuted")
    WITHDRAWN = "withdrawn", _("Withdrawn: the readings no longer show it")
