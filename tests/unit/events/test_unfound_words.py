"""Which typed text may be stored when it found no term: what looks like a word, and nothing longer."""

import pytest

from events.rules.unfound_words import kept_word


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Zonkage", "zonkage"),
        ("  mal  au   Coude ", "mal au coude"),
        ("peau d'orange", "peau d'orange"),
        ("sous-décalage", "sous-décalage"),
        ("abc", "abc"),
        ("ab", ""),
        ("", ""),
        ("a" * 30, "a" * 30),
        ("a" * 31, ""),
        ("one two three four", ""),
        ("01-023", ""),
        ("room 7", ""),
        ("martin@site.example", ""),
        ("born 1953", ""),
        ("fell, then slept", ""),
        ("---", ""),
    ],
)
def test_only_short_words_of_letters_are_kept(typed: str, kept: str) -> None:
    assert kept_word(typed) == kept
