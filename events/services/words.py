"""The words of a trial: a word without results is counted, mapped to a term, or removed."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import User
from accounts.services import require
from audit.services import attributed, first_version, mark_void
from events.models import CtcaeTerm, SiteWord, UnfoundWord
from events.queries.term_search import SearchScope, suggest_terms
from events.rules.unfound_words import FORGOTTEN_AFTER, kept_word
from trials.models import Trial


@transaction.atomic
def count_unfound_word(
    *, trial: Trial, language: str, version: str, typed: str, at: datetime
) -> UnfoundWord | None:
    """Count a text that finds no term, without a name and without a time of day; None when it is not stored.

    The search is repeated, so that only text without results is stored. Words that were not typed for long are removed.
    """
    UnfoundWord.objects.filter(last_on__lt=(at - FORGOTTEN_AFTER).date()).delete()
    word = kept_word(typed)
    scope = SearchScope(trial.code, None)
    if not word or suggest_terms(version=version, language=language, text=word, limit=1, scope=scope):
        return None
    row, is_new = UnfoundWord.objects.get_or_create(
        trial=trial,
        language=language,
        ctcae_version=version,
        word=word,
        defaults={"first_on": at.date(), "last_on": at.date()},
    )
    if not is_new:
        UnfoundWord.objects.filter(pk=row.pk).update(times=F("times") + 1, last_on=at.date())
        row.refresh_from_db()
    return row


def map_word(
    *, unfound: UnfoundWord, term: CtcaeTerm | None, by: User, at: datetime, reason: str
) -> SiteWord:
    """Map an unfound word to a term, as a word of the trial; it is no longer listed as unfound."""
    require(by=by, action=Action.MANAGE_TRIAL, trial_code=unfound.trial.code)
    if term is None or term.ctcae_version != unfound.ctcae_version:
        sentence = _("CTCAE term: choose one of CTCAE v%(version)s, in which the word found nothing.")
        raise ValidationError({"term": ValidationError(sentence, params={"version": unfound.ctcae_version})})
    with attributed(by=by, reason=reason, at=at):
        row = SiteWord(trial_id=unfound.trial_id, language=unfound.language, word=unfound.word, term=term)
        first_version(row, at=at)
        row.full_clean()
        row.save()
        unfound.delete()
    return row


@transaction.atomic
def remove_unfound_word(*, unfound: UnfoundWord, by: User) -> None:
    """Remove a word for good, for example a name."""
    require(by=by, action=Action.MANAGE_TRIAL, trial_code=unfound.trial.code)
    unfound.delete()


def void_site_word(*, word: SiteWord, by: User, at: datetime, reason: str) -> SiteWord:
    """Remove a word from the search of its trial."""
    require(by=by, action=Action.MANAGE_TRIAL, trial_code=word.trial.code)
    with attributed(by=by, reason=reason, at=at):
        row = SiteWord.objects.select_for_update(of=("self",)).get(pk=word.pk)
        mark_void(row, reason=reason, at=at)
        row.full_clean()
        row.save()
    return row
