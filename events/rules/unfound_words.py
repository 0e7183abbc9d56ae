"""Which typed text may be stored when it found no term.

A person at the bedside may type a name. So only text that looks like a word for an event is stored: short, letters
only, at most three words, in lower case. A name can still look like that: the data manager can remove it, and a word
that is not typed again is removed after `FORGOTTEN_AFTER`. Own choice of the numbers, after GDPR Art. 5(1)(c), (e).
"""

from datetime import timedelta

SHORTEST_WORD = 3
LONGEST_WORD = 30
MOST_WORDS = 3
FORGOTTEN_AFTER = timedelta(days=180)

_JOINING = str.maketrans("", "", "-'’ ")


def kept_word(typed: str) -> str:
    """The text in its stored form, in lower case with single blanks; empty when it may not be stored."""
    text = " ".join(typed.lower().split())
    letters = text.translate(_JOINING)
    is_short = len(letters) >= SHORTEST_WORD and len(text) <= LONGEST_WORD
    return text if is_short and letters.isalpha() and len(text.split()) <= MOST_WORDS else ""
