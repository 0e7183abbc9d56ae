"""Words of the board's app."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ReportKind(TextChoices):
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


class ReportFormat(TextChoices):
    JSON = "json", "JSON"
    HTML = "html", "HTML"
    PDF = "pdf", "PDF"


class ReportState(TextChoices):
    OWED = "owed", _("To be made")
    FROZEN = "frozen", _("Data frozen, being made")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Could not be made")


class FailedStep(TextChoices):
    """On the way to a report, what could not be done. In words that say nothing of the data."""

    FREEZING = "freezing", _("the data could not be frozen")
    DOCUMENTS = "documents", _("the documents could not be made of the frozen data")
    WORKER = "worker", _("the worker stopped each time before the report was ready")


class MessageKind(TextChoices):
    REPORT_READY = "report_ready", _("A report is ready")
    REMINDER = "reminder", _("Reminder")


class ReportTrigger(TextChoices):
    """What called for a report."""

    LOOK = "look", _("A planned look")
    CALENDAR = "calendar", _("The calendar")
    DEATH = "death", _("A death")
    REQUEST = "request", _("Asked for")
    BOUNDARY = "boundary", _("A safety boundary")


class MeetingState(TextChoices):
    PLANNED = "planned", _("Planned")
    CALLED_OFF = "called_off", _("Called off")
    IN_SESSION = "in_session", _("In session")
    VOTING = "voting", _("Voting")
    RECOMMENDED = "recommended", _("Recommendation recorded")
    SIGNED = "signed", _("Signed")
    SENT = "sent", _("Open letter sent")
    ANSWERED = "answered", _("Answered by the sponsor")


class MeetingStep(TextChoices):
    """What moves a meeting on."""

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
    OPEN = "open", _("Open session")
    CLOSED = "closed", _("Closed session")


class Presence(TextChoices):
    PRESENT = "present", _("Present")
    REMOTE = "remote", _("Remote")
    ABSENT = "absent", _("Absent")


class Recommendation(TextChoices):
    """What a board may recommend, in a meeting or in answer to an alert (ICH E6(R2) 5.5.2 and the charters' usual list).

    None of them halts anything by itself.
    """

    CONTINUE = "continue", _("Continue unmodified")
    MODIFY = "modify", _("Continue with modification")
    PAUSE = "pause", _("Suspend enrolment")
    STOP = "stop", _("Stop for harm")
    MORE_DATA = "more_data", _("Ask for more data")
    AD_HOC = "ad_hoc", _("Meet again ad hoc")

    @classmethod
    def _missing_(cls, value: object) -> "Recommendation | None":
        """Answers to alerts had a word of their own for it; such rows are never changed, and are read alike."""
        return cls.AD_HOC if value == "meet" else None


ABSTAIN = "abstain"
"""A vote that counts in no direction; it is no recommendation."""


class Decision(TextChoices):
    """How a vote was decided, or why it was not."""

    BY_RULE = "by_rule", _("by the charter's voting rule")
    BY_CHAIR = "by_chair", _("by the chair's casting vote, as the charter provides for a tie")
    NO_MAJORITY = "no_majority", _("no option has the share that the voting rule asks for")
    NO_RULE = "no_rule", _("the protocol states no voting rule; the chair states what the board recommends")


class Answer(TextChoices):
    ACCEPTED = "accepted", _("Accepted")
    IN_PART = "in_part", _("Accepted in part")
    REJECTED = "rejected", _("Rejected")


class NoticeMessageKind(TextChoices):
    LETTER = "letter", _("A recommendation of the board")
    ANSWER_OVERDUE = "answer_overdue", _("The answer is overdue")


class LetterFormat(TextChoices):
    HTML = "html", "HTML"
    PDF = "pdf", "PDF"
