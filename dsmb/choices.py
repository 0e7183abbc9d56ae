"""Words of the board's app."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class MeetingState(TextChoices):
    """How far a meeting has come."""

    PLANNED = "planned", _("Planned")
    CALLED_OFF = "called_off", _("Called off")
    IN_SESSION = "in_session", _("In session")
    VOTING = "voting", _("Voting")
    RECOMMENDED = "recommended", _("Recommendation recorded")
    SIGNED = "signed", _("Signed")
    SENT = "sent", _("Open letter sent")
    ANSWERED = "answered", _("Answered by the sponsor")


class MeetingStep(TextChoices):
    """A step of a meeting."""

    OPEN = "open", _("Open the meeting")
    CALL_OFF = "call_off", _("Call the meeting off")
    PUT_MOTION = "put_motion", _("Put a motion to the vote")
    RESUME = "resume", _("Go back to the discussion")
    RECOMMEND = "recommend", _("Record the recommendation")
    AMEND = "amend", _("Change the minutes or the recommendation")
    SIGN = "sign", _("Sign")
    SEND = "send", _("Send the open letter")
    ANSWER = "answer", _("Answer the recommendation")


class Session(TextChoices):
    """The two parts of a meeting: with guests, and the members alone."""

    OPEN = "open", _("Open session")
    CLOSED = "closed", _("Closed session")


class Presence(TextChoices):
    """How a member takes part in a meeting."""

    PRESENT = "present", _("Present")
    REMOTE = "remote", _("Remote")
    ABSENT = "absent", _("Absent")


ABSTAIN = "abstain"
"""A vote that counts in no direction; it is no recommendation."""


class Decision(TextChoices):
    """How a vote was decided, or why it was not."""

    BY_RULE = "by_rule", _("by the charter's voting rule")
    BY_CHAIR = "by_chair", _("by the chair's casting vote, as the charter provides for a tie")
    NO_MAJORITY = "no_majority", _("no option has the share that the voting rule asks for")
    NO_RULE = "no_rule", _("the protocol states no voting rule; the chair states what the board recommends")


class Answer(TextChoices):
    """The sponsor's answer to a recommendation."""

    ACCEPTED = "accepted", _("Accepted")
    IN_PART = "in_part", _("Accepted in part")
    REJECTED = "rejected", _("Rejected")


class NoticeMessageKind(TextChoices):
    """What a message about a notice is for."""

    LETTER = "letter", _("A recommendation of the board")
    ANSWER_OVERDUE = "answer_overdue", _("The answer is overdue")


class LetterFormat(TextChoices):
    """The file formats of an open letter."""

    HTML = "html", "HTML"
    PDF = "pdf", "PDF"
