"""Words of the immunology app."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class SpecimenKind(TextChoices):
    """Kinds of blood samples."""

    SERUM = "serum", _("Serum")
    EDTA_PLASMA = "edta_plasma", _("EDTA plasma")


class HlaClass(TextChoices):
    """The two classes of HLA."""

    I = "I", _("Class I")  # noqa: E741
    II = "II", _("Class II")


class Treatment(TextChoices):
    """The treatment of the serum against the prozone."""

    NONE = "NONE", _("None")
    EDTA = "EDTA", _("EDTA")
    DTT = "DTT", _("DTT")
    HEAT = "HEAT", _("Heat")
    UNKNOWN = "UNKNOWN", _("Unknown")


class Conjugate(TextChoices):
    """The detection of the bound antibody: IgG shows presence, C1q and C3d complement binding."""

    IGG = "IgG", _("IgG")
    IGM = "IgM", _("IgM")
    C1Q = "C1q", _("C1q")
    C3D = "C3d", _("C3d")
    C4D = "C4d", _("C4d")


class RunQuality(TextChoices):
    """The quality of a serum in a run, by controls, counts and limits."""

    PASSED = "passed", _("Passed")
    WARNED = "warned", _("Passed with a warning")
    UNKNOWN = "unknown", _("No controls in the file")
    FAILED = "failed", _("Failed")


class MfiLimit(TextChoices):
    """Beyond which end of the reader's range a value lies; "" when it was measured."""

    BELOW = "<", _("Below the value")
    ABOVE = ">", _("Above the value")


class ChangeKind(TextChoices):
    """What of the judgement a change is about."""

    RULES = "rules", _("Rule set")
    RELEASE = "release", _("Release of the nomenclature")
    TYPING = "typing", _("Typing of a donor")


class ReaderPart(TextChoices):
    """As what somebody reads a call."""

    READER = "reader", _("Reader")
    ADJUDICATOR = "adjudicator", _("Adjudicator")
