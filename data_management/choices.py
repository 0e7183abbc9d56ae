"""Words of data management: the states of a query, who raised it, what was said, and the forms that are expected."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class QueryState(TextChoices):
    """The state of a query. The site acts while it is open, the person who raised it while it is answered."""

    OPEN = "open", _("Open")
    ANSWERED = "answered", _("Answered")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")


class QueryOrigin(TextChoices):
    """Who raised a query."""

    PERSON = "person", _("A person")
    RULE = "rule", _("A rule")


class QueryAct(TextChoices):
    """What can happen to a query; each is one message."""

    RAISE = "raise", _("Asked")
    ANSWER = "answer", _("Answered")
    ASK_AGAIN = "ask_again", _("Asked again")
    CLOSE = "close", _("Closed")
    CANCEL = "cancel", _("Cancelled")
    RESOLVE = "resolve", _("Resolved by the data")


class ExpectedForm(TextChoices):
    """What the protocol expects of a participant, by the form on which it is entered."""

    INFUSION = "infusion", _("Infusions")
    CHECK = "check", _("Checks after an infusion")
    DAY = "day", _("Days in intensive care")
    VITAL_STATUS = "vital_status", _("Vital status at the end")
    SERUM = "serum", _("Sera")
    FOLLOW_UP = "follow_up", _("Follow-ups of open events")
    SIGNATURE = "signature", _("Signatures on events")


class SiteVerdict(TextChoices):
    """What the comparison says of one site."""

    FEWER = "fewer", _("Fewer than expected")
    AS_EXPECTED = "as_expected", _("As expected")
    TOO_SMALL = "too_small", _("Too small to say")


class ExportFormat(TextChoices):
    """Formats in which a list is saved."""

    CSV = "csv", "CSV"
    XLSX = "xlsx", "XLSX"
