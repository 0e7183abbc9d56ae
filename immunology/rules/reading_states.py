"""Where a call stands between two readers and an adjudicator. Every class but NEGATIVE is read by two people.

The state follows from the readings of the version that stands now; a reading of an earlier version is kept and counts
no more. `TRANSITIONS` is the same as a table, and a test holds the two together.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from immunology.rules.codes import Code


class ReadingState(StrEnum):
    """State of one version of a call."""

    NOT_NEEDED = "not_needed"
    UNREAD = "unread"
    READ_ANEW = "read_anew"
    READ_ONCE = "read_once"
    AGREED = "agreed"
    DISAGREED = "disagreed"
    ADJUDICATED = "adjudicated"


class ReadingAct(StrEnum):
    """What can happen to a call."""

    FIRST_READING = "first_reading"
    SAME_VERDICT = "same_verdict"
    OTHER_VERDICT = "other_verdict"
    ADJUDICATION = "adjudication"
    CALL_CHANGED = "call_changed"


S, A = ReadingState, ReadingAct
TRANSITIONS: Mapping[tuple[ReadingState, ReadingAct], ReadingState] = {
    (S.UNREAD, A.FIRST_READING): S.READ_ONCE,
    (S.READ_ANEW, A.FIRST_READING): S.READ_ONCE,
    (S.READ_ONCE, A.SAME_VERDICT): S.AGREED,
    (S.READ_ONCE, A.OTHER_VERDICT): S.DISAGREED,
    (S.DISAGREED, A.ADJUDICATION): S.ADJUDICATED,
    (S.UNREAD, A.CALL_CHANGED): S.UNREAD,
    (S.READ_ANEW, A.CALL_CHANGED): S.READ_ANEW,
    (S.READ_ONCE, A.CALL_CHANGED): S.READ_ANEW,
    (S.AGREED, A.CALL_CHANGED): S.READ_ANEW,
    (S.DISAGREED, A.CALL_CHANGED): S.READ_ANEW,
    (S.ADJUDICATED, A.CALL_CHANGED): S.READ_ANEW,
}
"""Every change of state that there is; a call that became NEGATIVE needs no reading, whatever was read before."""

READER, ADJUDICATOR = "reader", "adjudicator"


@dataclass(frozen=True)
class ReadingMade:
    """One signed reading: of which version (SHA-256 of what was shown), by whom, as what, and the class they gave."""

    version: str
    reader_id: int
    part: str
    verdict: str


def needs_readers(code: str) -> bool:
    """Whether two people read a call of this class."""
    return code != Code.NEGATIVE


def reading_state(code: str, version: str, readings: Iterable[ReadingMade]) -> ReadingState:
    """The state of the version that stands now."""
    if not needs_readers(code):
        return S.NOT_NEEDED
    every = list(readings)
    current = [one for one in every if one.version == version]
    if any(one.part == ADJUDICATOR for one in current):
        return S.ADJUDICATED
    verdicts = [one.verdict for one in current]
    if len(verdicts) > 1:
        return S.AGREED if len(set(verdicts)) == 1 else S.DISAGREED
    if verdicts:
        return S.READ_ONCE
    return S.READ_ANEW if every else S.UNREAD


def settled_verdict(code: str, version: str, readings: Iterable[ReadingMade]) -> str | None:
    """The class that the readers gave together, or the adjudicator; `None` while nothing is settled."""
    every = [one for one in readings if one.version == version]
    state = reading_state(code, version, every)
    if state is S.ADJUDICATED:
        return next(one.verdict for one in every if one.part == ADJUDICATOR)
    return every[0].verdict if state is S.AGREED else None


def why_not(state: ReadingState, *, part: str, has_read: bool) -> str:
    """Why this person may not read this version as this part, in a word; "" when they may."""
    if has_read:
        return "has_read"
    if part == ADJUDICATOR:
        return "" if state is S.DISAGREED else "nothing_to_adjudicate"
    return "" if state in (S.UNREAD, S.READ_ANEW, S.READ_ONCE) else "read_by_two"
