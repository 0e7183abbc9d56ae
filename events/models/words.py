"""The words of one trial: additions of its data manager to the shipped table, and words without results."""

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audit.models import VoidableModel
from events.choices import WordLanguage
from events.models.vocabulary import CtcaeTerm
from events.rules.unfound_words import LONGEST_WORD, kept_word
from trials.models import Trial

if TYPE_CHECKING:
    from django.db.models import Manager


class SiteWordQuerySet(models.QuerySet["SiteWord"]):
    """Filters of a site's words."""

    def standing(self) -> "SiteWordQuerySet":
        return self.filter(voided_at=None)


class SiteWord(VoidableModel):
    """An everyday word for a term in this trial, besides the shipped table; the trail has who, when and why."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+", verbose_name=_("trial"))
    language = models.CharField(_("language"), max_length=2, choices=WordLanguage)
    word = models.CharField(_("word"), max_length=LONGEST_WORD)
    term = models.ForeignKey(
        CtcaeTerm, on_delete=models.PROTECT, related_name="+", verbose_name=_("CTCAE term")
    )

    objects = SiteWordQuerySet.as_manager()

    class Meta:
        verbose_name = _("word of the trial")
        verbose_name_plural = _("words of the trial")
        constraints = [
            models.UniqueConstraint(
                fields=["trial", "language", "word", "term"],
                condition=Q(voided_at=None),
                name="events_siteword_once",
                violation_error_message=_("Word: this trial has it for this term already."),
            ),
            VoidableModel.void_constraint("events_siteword_void_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.language} · {self.word}"

    def clean(self) -> None:
        """A word has the format of an unfound one: short, and letters only."""
        if kept_word(self.word) != self.word:
            raise ValidationError({"word": NO_WORD})


class UnfoundWord(models.Model):
    """A word that found no term in a trial, and its count. Neither the account nor the participant is stored.

    The trail does not follow it: a word may be a name, and must then be removable.
    """

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="+", verbose_name=_("trial"))
    language = models.CharField(_("language"), max_length=2, choices=WordLanguage)
    ctcae_version = models.CharField(_("CTCAE version"), max_length=5)
    word = models.CharField(_("word"), max_length=LONGEST_WORD)
    times = models.PositiveIntegerField(_("times"), default=1)
    first_on = models.DateField(_("first on"))
    last_on = models.DateField(_("last on"))

    if TYPE_CHECKING:
        objects: Manager["UnfoundWord"]

    class Meta:
        verbose_name = _("word that found nothing")
        verbose_name_plural = _("words that found nothing")
        constraints = [
            models.UniqueConstraint(
                fields=["trial", "language", "ctcae_version", "word"],
                name="events_unfoundword_once",
                violation_error_message=_("Word: counted already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.language} · {self.word}"


NO_WORD = _("Word: letters only, at most three words and 30 characters.")
