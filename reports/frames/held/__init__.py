"""Many rows held by columns: some bytes for each value, and a row only for whoever asks for one.

A million adverse events are gigabytes as one mapping each. By columns they are a fraction, since most values are one of few,
and what follows from few values is worked out once for all rows that have the same (`mapped`, `alike`).
"""

from reports.frames.held.columns import Moments, MomentTexts, Plain, Values, Wholes, Words, flags_of, words_of
from reports.frames.held.kinds import alike, mapped
from reports.frames.held.rows import (
    CHUNK,
    Gathering,
    Held,
    PlainGathering,
    Row,
    WholeGathering,
    WordGathering,
    gathered,
)
from reports.frames.held.values import (
    UNKNOWN,
    Flags,
    Integers,
    as_json,
    microseconds,
    moment_of,
    moment_text,
    numbered,
)

__all__ = [
    "CHUNK",
    "UNKNOWN",
    "Flags",
    "Gathering",
    "Held",
    "Integers",
    "MomentTexts",
    "Moments",
    "Plain",
    "PlainGathering",
    "Row",
    "Values",
    "WholeGathering",
    "Wholes",
    "WordGathering",
    "Words",
    "alike",
    "as_json",
    "flags_of",
    "gathered",
    "mapped",
    "microseconds",
    "moment_of",
    "moment_text",
    "numbered",
    "words_of",
]
