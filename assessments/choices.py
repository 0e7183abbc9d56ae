"""Words of the assessments app."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Ventilation(TextChoices):
    """The strongest support of a day."""

    INVASIVE = "invasive", _("Invasive ventilation")
    NON_INVASIVE = "non_invasive", _("Non-invasive ventilation")
    HIGH_FLOW = "high_flow", _("High-flow nasal oxygen")
    OXYGEN = "oxygen", _("Oxygen by mask or cannula")
    NONE = "none", _("Room air, no support")


class Place(TextChoices):
    """Where the participant is on a day."""

    ICU = "icu", _("Intensive care")
    WARD = "ward", _("Hospital ward")
    DISCHARGED = "discharged", _("Discharged from hospital")


class Importance(TextChoices):
    """Of a deviation (ICH E3 Q&A 2012: an important one may affect rights, safety or the results)."""

    MAJOR = "major", _("Major")
    MINOR = "minor", _("Minor")


class DeviationCategory(TextChoices):
    """The subject of a deviation.

    The headings of ICH E3 section 10.2 with those of a trial in intensive care.
    """

    ELIGIBILITY = "eligibility", _("Eligibility: enrolled against a criterion")
    CONSENT = "consent", _("Consent")
    WITHDRAWAL = "withdrawal", _("Should have been withdrawn and was not")
    INFUSION_TIMING = "infusion_timing", _("Infusion outside its planned days")
    INFUSION_CONDUCT = "infusion_conduct", _("Conduct of an infusion (rate, line, observation)")
    CONCOMITANT_TREATMENT = "concomitant_treatment", _("Concomitant treatment that is not allowed")
    ASSESSMENT = "assessment", _("Assessment or check missed or out of time")
    SPECIMEN = "specimen", _("Specimen not taken, late or lost")
    SAFETY_REPORTING = "safety_reporting", _("Safety report late")
    BLINDING = "blinding", _("Blinding")
    OTHER = "other", _("Other")


class SensitiserKind(TextChoices):
    """Causes of an antibody against HLA; plasma and immunoglobulin contain antibodies themselves."""

    RBC = "RBC", _("Red cells or whole blood")
    PLATELETS = "PLATELETS", _("Platelets")
    PLASMA = "PLASMA", _("Plasma")
    CONVALESCENT_PLASMA = "CONVALESCENT_PLASMA", _("Convalescent plasma")
    IVIG = "IVIG", _("Immunoglobulin, intravenous")
    PREGNANCY = "PREGNANCY", _("Pregnancy")
    TRANSPLANT = "TRANSPLANT", _("Graft")
    INFECTION = "INFECTION", _("Infection")
    VACCINE = "VACCINE", _("Vaccine")


class MedicationRoute(TextChoices):
    """The route of a drug. Codes are CDISC's (C66729)."""

    INTRAVENOUS = "INTRAVENOUS", _("Into a vein")
    ORAL = "ORAL", _("By mouth")
    NASOGASTRIC = "NASOGASTRIC", _("By a tube to the stomach")
    SUBCUTANEOUS = "SUBCUTANEOUS", _("Under the skin")
    INTRAMUSCULAR = "INTRAMUSCULAR", _("Into a muscle")
    RESPIRATORY = "RESPIRATORY (INHALATION)", _("By inhalation")
    RECTAL = "RECTAL", _("By the rectum")
    CUTANEOUS = "CUTANEOUS", _("On the skin")
    OTHER = "OTHER", _("Other route")
