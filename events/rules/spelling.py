"""Which written terms are the same term: those that differ in case, blanks or hyphens only."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping

_BLANK = re.compile(r"(?<!\d)\s+|\s+(?!\d)")
_HYPHEN = re.compile(r"(?<=[^\W\d])-(?=[^\W\d])")


def spelling_key(text: str) -> str:
    """Equal for `Headache`, `HEADACHE`, `head-ache` and `Head ache`; signs and numbers keep their difference."""
    folded = unicodedata.normalize("NFKC", text).casefold().strip()
    return _BLANK.sub("", _HYPHEN.sub("", folded))


def one_spelling(counts: Mapping[str, int]) -> Mapping[str, str]:
    """For every written term its common spelling: the most frequent, then one not all in capitals, then by letter."""
    alike: dict[str, list[str]] = defaultdict(list)
    for text in counts:
        alike[spelling_key(text)].append(text)
    return {
        text: min(texts, key=lambda one: (-counts[one], one.isupper(), one))
        for texts in alike.values()
        for text in texts
    }
