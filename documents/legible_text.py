"""Makes a text legible on paper: signs without a glyph by their Unicode numbers, long words breakable.

The font of a PDF is the DejaVu Sans of the sources ( Latin, Greek, Cyrillic, Arabic, symbols, some emoji). Chinese,
Japanese and Korean are among what they do not have; such a run is printed as `⟨U+5934 U+75DB⟩`, which loses nothing and
cannot be taken for the text.
"""

import re
from functools import cache

from documents.font_signs import BOLD, REGULAR, has_sign

LONGEST_WORD = 30  # letters; about the width of the narrowest column of a listing
PIECE = 10  # letters between two places where a longer word may break
BREAK = "\u200b"
"""Zero width space: a place where a line may break, which shows nothing."""
_LONG = re.compile(rf"[^\W_]{{{LONGEST_WORD + 1},}}")
_HASH = re.compile(r"[0-9a-f]{40,64}")


def is_legible(text: str) -> bool:
    """Whether the fonts have every character of a text, and no word is too long for a column."""
    return not any(map(_is_absent, set(text))) and all(map(_HASH.fullmatch, _LONG.findall(text)))


def legible(text: str) -> str:
    """The text with missing characters by their numbers, and with break points in long words."""
    if is_legible(text):
        return text
    shown = _by_run(text)
    return _LONG.sub(lambda word: _breakable(word[0]), shown)


def _by_run(text: str) -> str:
    """Runs of missing characters as their numbers in one pair of brackets."""
    shown, run = "", ""
    for sign in f"{text}\0":
        if sign != "\0" and _is_absent(sign):
            run += sign
            continue
        if run:
            shown += "⟨" + " ".join(f"U+{ord(one):04X}" for one in run) + "⟩"
            run = ""
        shown += sign
    return shown[:-1]


def _breakable(word: str) -> str:
    if _HASH.fullmatch(word):
        return word
    return BREAK.join(word[at : at + PIECE] for at in range(0, len(word), PIECE))


@cache
def _is_absent(sign: str) -> bool:
    """Whether one of the fonts has no glyph for a character; a line break or tab needs none."""
    return not sign.isspace() and not (has_sign(sign, REGULAR) and has_sign(sign, BOLD))
