"""Words of the audit trail."""

from django.db.models import TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Change(TextChoices):
    """What happened to a row."""

    INSERT = "INSERT", _("Recorded")
    UPDATE = "UPDATE", _("Changed")


_STANDING_REASONS: set[str] = set()


def standing_reason(text: str) -> str:
    """Mark a reason that the code gives and no person typed.

    It is stored unchanged and displayed in the reader's language.
    """
    _STANDING_REASONS.add(text)
    return text


def reason_in_words(reason: str) -> str:
    """A reason as a reader sees it: a reason of the code is translated, a person's own words are not."""
    return gettext(reason) if reason in _STANDING_REASONS else reason


def standing_reasons_with(words: str) -> list[str]:
    """The reasons of the code that contain these words in the reader's language, as the trail stores them."""
    return sorted(text for text in _STANDING_REASONS if words.casefold() in gettext(text).casefold())


FIRST_ENTRY = standing_reason("first entry")
"""Of a new record; a person gives one for every change."""
