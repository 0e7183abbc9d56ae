"""Words of the pharmacovigilance app."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class CaseState(TextChoices):
    """The state of the present version of a case."""

    DRAFTED = "drafted", _("Drafted")
    ASSESSED = "assessed", _("Assessed")
    SIGNED = "signed", _("Signed")
    RELEASED = "released", _("Released")
    NULLIFIED = "nullified", _("Nullified")
    MERGED = "merged", _("Merged into another case")


class CaseAct(TextChoices):
    """An act on a case. Every step of its history has one."""

    OPEN = "open", _("Opened")
    RECEIVE = "receive", _("Information received")
    ASSESS = "assess", _("Assessed by the sponsor")
    SIGN = "sign", _("Signed")
    RELEASE = "release", _("Released to a destination")
    AMEND = "amend", _("Amendment begun")
    ADD_EVENT = "add_event", _("Event added")
    SPLIT = "split", _("Event moved to another case")
    MERGE = "merge", _("Merged into another case")
    LINK_DUPLICATE = "link_duplicate", _("Linked as a duplicate")
    UPGRADE = "upgrade", _("Upgraded")
    DOWNGRADE = "downgrade", _("Downgraded")
    SITUATION = "situation", _("Special situation recorded")
    NULLIFY = "nullify", _("Nullified")


class VersionKind(TextChoices):
    """The kind of a version of a case for its recipients (E2B C.1.11; facts/safety.md 3)."""

    INITIAL = "initial", _("Initial report")
    FOLLOW_UP = "follow_up", _("Follow-up")
    AMENDMENT = "amendment", _("Amendment")
    NULLIFICATION = "nullification", _("Nullification")


class ReceiptKind(TextChoices):
    """First or further information on a case."""

    INITIAL = "initial", _("Initial information")
    FOLLOW_UP = "follow_up", _("Follow-up information")


class ReceiptSource(TextChoices):
    """Who or what gave information on a case."""

    SITE = "site", _("The site, by the clinical record")
    PERSON = "person", _("A person")
    AUTHORITY = "authority", _("A message of an authority")


class SuspectCause(TextChoices):
    """A possible cause of an event. Each is assessed separately (facts/safety.md 2.3)."""

    STUDY_PRODUCT = "study_product", _("Study product")
    INFUSION_PROCEDURE = "infusion_procedure", _("Infusion procedure or device")
    EXCIPIENT = "excipient", _("Premedication or excipient")
    OTHER_TREATMENT = "other_treatment", _("Other treatment")
    UNDERLYING_DISEASE = "underlying_disease", _("Underlying disease")
    OTHER = "other", _("Other cause")


class Side(TextChoices):
    """Whose assessment of causes it is."""

    INVESTIGATOR = "investigator", _("Investigator")
    SPONSOR = "sponsor", _("Sponsor")


class Situation(TextChoices):
    """Reported like a reaction (Regulation (EU) 536/2014, Annex III 2.1)."""

    MEDICATION_ERROR = "medication_error", _("Medication error")
    MISUSE = "misuse", _("Misuse, or use outside the protocol")
    PREGNANCY = "pregnancy", _("Pregnancy")


class ReportDestination(TextChoices):
    """The recipient of a report."""

    SPONSOR = "sponsor", _("Sponsor")
    EUDRAVIGILANCE = "eudravigilance", _("EudraVigilance")
    MEMBER_STATES = "member_states", _("Member States, by CTIS")
    MHRA = "mhra", _("MHRA (United Kingdom)")
    FDA = "fda", _("FDA (United States)")
    ANSM = "ansm", _("ANSM (France)")
    ETHICS = "ethics", _("Ethics committee")
    INVESTIGATORS = "investigators", _("Investigators")


class Trigger(TextChoices):
    """The condition of a rule."""

    SERIOUS = "serious", _("Serious event")
    SUSAR_FATAL = "susar_fatal", _("SUSAR, fatal or life-threatening")
    SUSAR_OTHER = "susar_other", _("SUSAR, neither fatal nor life-threatening")
    FOLLOW_UP = "follow_up", _("Significant information on a SUSAR that was released")
    NULLIFIED = "nullified", _("A released case was nullified")
    UNEXPECTED_FACT = "unexpected_fact", _("Unexpected event that changes benefit and risk")
    URGENT_MEASURE = "urgent_measure", _("Urgent safety measure taken")
    DATA_LOCK = "data_lock", _("Data lock of an annual safety report")


class Basis(TextChoices):
    """The time from which a rule counts."""

    SITE_AWARENESS = "site_awareness", _("Awareness of the site")
    SPONSOR_DAY_0 = "sponsor_day_0", _("Day 0 of the sponsor")
    DETERMINATION = "determination", _("Determination by the sponsor")
    RECEIPT = "receipt", _("Receipt of the information")
    DECLARATION = "declaration", _("The moment declared")


class Judgement(TextChoices):
    """Whose opinion of the cause makes a reaction suspected."""

    EITHER = "either", _("Investigator or sponsor")
    SPONSOR = "sponsor", _("Sponsor")


class StepKind(TextChoices):
    """An event of an obligation, or of the message that meets it."""

    HANDED = "handed", _("Handed to the unblinded desk")
    SENT = "sent", _("Sent")
    OPENED = "opened", _("Opened")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    REJECTED = "rejected", _("Rejected")
    EXPLAINED = "explained", _("Lateness explained")
    CLOSED = "closed", _("Closed without a message")


class ClosedBecause(TextChoices):
    """Why an obligation was closed without a report."""

    DOWNGRADED = "downgraded", _("The case was downgraded")
    NULLIFIED = "nullified", _("The case was nullified")
    DUPLICATE = "duplicate", _("Reported under another case")
    NOT_APPLICABLE = "not_applicable", _("The rule does not apply to this trial")


class ObligationState(TextChoices):
    """The state of an obligation, as blinded people see it."""

    NOT_STARTED = "not_started", _("Not started")
    RUNNING = "running", _("Running")
    SOON = "soon", _("Due soon")
    OVERDUE = "overdue", _("Overdue")
    HANDED = "handed", _("Handed to the unblinded desk")
    HANDED_LATE = "handed_late", _("Handed to the unblinded desk, late")
    MET = "met", _("Sent")
    MET_LATE = "met_late", _("Sent late")
    CLOSED = "closed", _("Closed")


class DeclarationKind(TextChoices):
    """Facts of a whole trial that start an obligation."""

    UNEXPECTED_FACT = "unexpected_fact", _("Unexpected event that changes benefit and risk (Art. 53)")
    URGENT_MEASURE = "urgent_measure", _("Urgent safety measure (Art. 54)")
    DATA_LOCK = "data_lock", _("Data lock of the annual safety report (Art. 43)")


class DeskOutcome(TextChoices):
    """The effect of the opened arm on a case. Sealed."""

    TO_REPORT = "to_report", _("To be reported with the product named")
    PLACEBO = "placebo", _("Placebo: closed, nothing is sent")
    UNALLOCATED = "unallocated", _("No allocation on record: reported as if with the product")


class CodedSubject(TextChoices):
    """The subject of a MedDRA code."""

    EVENT = "event", _("Adverse event")
    INDICATION = "indication", _("Reason for a medication")
    HISTORY = "history", _("History")


class CodedBy(TextChoices):
    """The origin of a coding decision."""

    EXACT = "exact", _("Same words as one term")
    CODER = "coder", _("By a coder")
    CARRIED = "carried", _("Carried over: the term means the same in the new version")


class MessageProfile(TextChoices):
    """By whose rules a message is checked."""

    ICH = "ich", _("ICH core")
    EMA = "ema", _("EMA (EudraVigilance)")
    FDA = "fda", _("FDA")


class MessageState(TextChoices):
    """Where a message to an authority stands. Sealed."""

    MADE = "made", _("Made, not sent")
    SENT = "sent", _("Sent")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    REJECTED = "rejected", _("Rejected")
