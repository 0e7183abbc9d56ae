"""Words that may not stand in a text that leaves the closed room. Pure."""

import re

_CODED_ARM = re.compile(
    r"\b(?:arms?|groups?|treatments?|bras|groupes?|traitements?)\s+[«\"'“]?\s*([A-Z])\b(?!['’])",
    re.IGNORECASE,
)
"""A coded arm named in English or French: `arm A`, `group "B"`, `bras A`."""


def coded_arm_in(text: str) -> str:
    """The first place where the text names a coded arm, as written there; empty when none does.

    A guard against slips, not against intent: the chair still reads what is sent. `bras d'un` is no arm.
    """
    found = (match for match in _CODED_ARM.finditer(text) if match.group(1).isupper())
    return next((" ".join(match.group(0).split()) for match in found), "")
