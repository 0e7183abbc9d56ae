"""Finds words for "missing" of other systems, so that one sentence reports them instead of a thousand refusals."""

from collections import Counter
from collections.abc import Sequence

from interchange.rules.rows import NO_LINE, BadRow

LIKE_MISSING = ("NA", "N/A", "#N/A", "NULL", "NaN", "None", "<NA>", "ND", "NK", "UNK")
"""R, spreadsheets, databases, Python; not done, not known, unknown."""


def undeclared_missing(bad_rows: Sequence[BadRow]) -> tuple[BadRow, ...]:
    """The bad rows.

    Those whose value looks like "missing" become one, which explains how to declare the word.
    """
    words = {word.casefold() for word in LIKE_MISSING}
    alike = [bad for bad in bad_rows if bad.value.casefold() in words]
    others = tuple(bad for bad in bad_rows if bad.value.casefold() not in words)
    return (
        *(_sentence(word, count, alike) for word, count in Counter(bad.value for bad in alike).items()),
        *others,
    )


def _sentence(word: str, count: int, alike: Sequence[BadRow]) -> BadRow:
    same = [bad for bad in alike if bad.value == word]
    variables = ", ".join(dict.fromkeys(bad.variable for bad in same))
    values = "1 value is" if count == 1 else f"{count} values are"
    reason = f"{values} {word!r} ({variables}), which looks like a missing value; if it is, import with --missing {word}"
    return BadRow(same[0].file, same[0].line if count == 1 else NO_LINE, same[0].variable, word, reason)
