"""The stored form of a participant's code: as on the screening log, however it is typed or pasted."""

import unicodedata

MINUS = "\u2212"


def plain_code(text: str) -> str:
    """A code without spaces, with plain digits and hyphens: “07 – 012” and “07-012” are one participant, not two."""
    signs = unicodedata.normalize("NFKC", text)
    return "".join(_plain(sign) for sign in signs if not sign.isspace())


def _plain(sign: str) -> str:
    return "-" if sign == MINUS or unicodedata.category(sign) == "Pd" else sign
