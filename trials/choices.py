"""Words of the trials app."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ParticipantStatus(TextChoices):
    """Where a participant stands in the trial."""

    SCREENED = "screened", _("Screened")
    SCREEN_FAILURE = "screen_failure", _("Screen failure")
    ENROLLED = "enrolled", _("Enrolled")
    COMPLETED = "completed", _("Completed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    DIED = "died", _("Died")


class Sex(TextChoices):
    """Sex as recorded (CDISC, SEX)."""

    FEMALE = "F", _("Female")
    MALE = "M", _("Male")
    UNKNOWN = "U", _("Not recorded")


class EnrolmentBasis(TextChoices):
    """The event that the enrolment date was taken from."""

    RANDOMISATION = "randomisation", _("Randomisation")
    CONSENT = "consent", _("Consent")
    FIRST_INFUSION = "first_infusion", _("First infusion")
    DISPOSITION = "disposition", _("Disposition record of randomisation")
    DEMOGRAPHICS = "demographics", _("Date of the demographics record")
    REFERENCE_START = "reference_start", _("Reference start date")


class InfusionStatus(TextChoices):
    """Whether an infusion was given."""

    GIVEN = "given", _("Given")
    NOT_GIVEN = "not_given", _("Not given")


class TimePrecision(TextChoices):
    """The precision of a time.

    A time known to the day is stored as the first instant of that day in the trial's zone.
    """

    MINUTE = "minute", _("To the minute")
    DAY = "day", _("To the day")


class Source(TextChoices):
    """The origin of a row."""

    ENTRY = "entry", _("Entered")
    IMPORT = "import", _("Imported")


class Salt(TextChoices):
    """The substance that the milligrams refer to: noradrenaline tartrate is about twice its base (Wieruszewski 2024)."""

    BASE = "base", _("Base")
    TARTRATE = "tartrate", _("Tartrate")
    UNKNOWN = "unknown", _("Unknown")


class LockKind(TextChoices):
    """How firmly the data of a participant are closed."""

    FROZEN = "frozen", _("Frozen")
    LOCKED = "locked", _("Locked")
