"""Long passwords that are easy to guess: an entry of the list of the most frequent ones, with a tail or repeated."""

import re

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User

FEWEST_CHARACTERS = 5  # different ones


class GuessablePasswordValidator:
    """Refuses a password whose letters are one of the 20,000 most frequent ones, or one sign or word over and over.

    The list has hardly any entry of the required length: "password12345678" is in none and is guessed first.
    Offline, from Django's own list of leaked passwords.
    """

    def __init__(self) -> None:
        self._frequent: set[str] = CommonPasswordValidator().passwords

    def validate(self, password: str, user: User | None = None) -> None:  # noqa: ARG002
        """Raises `ValidationError`."""
        word = "".join(re.findall(r"[^\W\d_]", password.casefold()))
        unit = _repeated(word)
        is_frequent = bool(word) and (word in self._frequent or unit in self._frequent)
        if is_frequent or len(set(password)) < FEWEST_CHARACTERS or _repeated(password) != password:
            raise ValidationError(
                _(
                    "This password is one of those that are tried first: a frequent word with a tail, or repeated."
                ),
                code="password_guessable",
            )

    def get_help_text(self) -> str:
        return _("Not a frequent word with numbers behind it: better four or five words of your own.")


def _repeated(text: str) -> str:
    """The part that the text repeats; the text itself when nothing is repeated."""
    return text[: (text + text).find(text, 1)] if text else text
