"""Words of the events app. Codes are CDISC's where CDISC has a codelist (C66769, C66767, C66768)."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class EventStatus(TextChoices):
    """Whether an event is a draft or counts."""

    DRAFT = "draft", _("Draft")
    RECORDED = "recorded", _("Recorded")


class Grade(IntegerChoices):
    """CTCAE grades. A term has some of them, seldom all."""

    MILD = 1, _("Grade 1")
    MODERATE = 2, _("Grade 2")
    SEVERE = 3, _("Grade 3")
    LIFE_THREATENING = 4, _("Grade 4")
    DEATH = 5, _("Grade 5")


GENERAL_MEANING = {
    Grade.MILD: _("Mild: no complaints or slight ones; watched, not treated."),
    Grade.MODERATE: _(
        "Moderate: a small or local treatment is needed; shopping, cooking or using the telephone is hard."
    ),
    Grade.SEVERE: _(
        "Severe, with no danger to life at once: a stay in hospital or a longer one; washing, dressing or eating "
        "needs help."
    ),
    Grade.LIFE_THREATENING: _("Life in danger: help is needed at once."),
    Grade.DEATH: _("Death because of the event."),
}
"""The general meaning of a grade, in our own words.

The text of one term (NCI's wording, limits) comes from `grades_of` of the dictionary's page and is displayed beside it.
"""


class Severity(TextChoices):
    """Intensity. Neither grade nor seriousness follows from it."""

    MILD = "MILD", _("Mild")
    MODERATE = "MODERATE", _("Moderate")
    SEVERE = "SEVERE", _("Severe")


class ActionTaken(TextChoices):
    """The action taken with the study treatment."""

    DOSE_INCREASED = "DOSE INCREASED", _("Dose increased")
    DOSE_NOT_CHANGED = "DOSE NOT CHANGED", _("Dose not changed")
    DOSE_RATE_REDUCED = "DOSE RATE REDUCED", _("Dose rate reduced")
    DOSE_REDUCED = "DOSE REDUCED", _("Dose reduced")
    DRUG_INTERRUPTED = "DRUG INTERRUPTED", _("Infusion interrupted")
    DRUG_WITHDRAWN = "DRUG WITHDRAWN", _("Further infusions withheld")
    NOT_APPLICABLE = "NOT APPLICABLE", _("Not applicable")
    UNKNOWN = "UNKNOWN", _("Unknown")


class Outcome(TextChoices):
    """How an event ended (CDISC, OUT)."""

    FATAL = "FATAL", _("Fatal")
    NOT_RECOVERED = "NOT RECOVERED/NOT RESOLVED", _("Not recovered")
    RECOVERED = "RECOVERED/RESOLVED", _("Recovered")
    RECOVERED_WITH_SEQUELAE = "RECOVERED/RESOLVED WITH SEQUELAE", _("Recovered with sequelae")
    RECOVERING = "RECOVERING/RESOLVING", _("Recovering")
    UNKNOWN = "UNKNOWN", _("Unknown")


STILL_OPEN = ("", Outcome.NOT_RECOVERED, Outcome.RECOVERING, Outcome.UNKNOWN)
"""Outcomes of an event that may go on; empty is not recorded."""


class Autopsy(TextChoices):
    """Whether an autopsy was done (ICH E2B(R3) D.9.3: true, false, or a null flavour)."""

    DONE = "DONE", _("An autopsy was done")
    NOT_DONE = "NOT DONE", _("No autopsy was done")
    UNKNOWN = "UNKNOWN", _("Unknown")


class Lowering(TextChoices):
    """Why a recorded event has a lower worst value than before."""

    ERROR = "error", _("What was recorded before was an error: it never was so bad")
    IMPROVED = "improved", _("It was so bad at its worst; now it is better")
    SOURCE = "source", _("Lowered by the source of an import")


class NoticeNews(TextChoices):
    """The kind of news in a notice to safety officers and sponsor."""

    SERIOUS = "serious", _("A serious event")
    FATAL = "fatal", _("A serious event became fatal")
    LIFE_THREATENING = "life_threatening", _("A serious event became life-threatening")
    RELATED = "related", _("A serious event is related to the treatment, which nobody had said before")
    NO_LONGER = "no_longer", _("An event is no longer serious")
    VOIDED = "voided", _("A serious event is void")


WORSENINGS = (NoticeNews.FATAL, NoticeNews.LIFE_THREATENING, NoticeNews.RELATED)
"""News of a serious event that need another report to the sponsor, each with its own clock, the gravest first."""


class ObservationKind(TextChoices):
    """What a row of an event's course is."""

    OPENING = "opening", _("Begin")
    COURSE = "course", _("Course")
    END = "end", _("End")


class SuggestionState(TextChoices):
    """What became of an event that measured values proposed."""

    OPEN = "open", _("To be answered")
    RECORDED = "recorded", _("Recorded as an event")
    DISMISSED = "dismissed", _("Dismissed")


class WordLanguage(TextChoices):
    """The languages of the tables of everyday words."""

    ENGLISH = "en", _("English")
    FRENCH = "fr", _("French")
