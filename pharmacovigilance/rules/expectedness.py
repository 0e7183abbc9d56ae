"""Whether a reaction is expected, by the reference safety information (RSI) in force at its onset.

Sources: Regulation (EU) 536/2014 Annex III 2.2 (8) (the version in force at onset; added specificity, occurrence or
severity is unexpected), facts/safety.md 2.1. It is derived, never entered. A reaction that is not certainly listed is
unexpected: no RSI, no onset, no grade, no code, and a term that only resembles a listed one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from events.rules.ctcae import is_other_specify
from partial_dates.refusals import gettext_noop
from pharmacovigilance.rules.reasons import ReasonSentence

FATAL_GRADE = 5


@dataclass(frozen=True)
class ListedTerm:
    """One expected term: its code in the dictionary (empty: compared by its text), and the worst grade listed."""

    dictionary: str
    code: str
    term: str
    worst_grade: int

    def names(self, dictionary: str, code: str, term: str) -> bool:
        """Whether it is exactly this term.

        Codes are compared when both have one, else the words, ignoring case.
        """
        if self.dictionary != dictionary:
            return False
        if self.code and code:
            return self.code == code
        return self.term.strip().casefold() == term.strip().casefold()


@dataclass(frozen=True)
class RsiFacts:
    """One version: its label, the day from which it is in force, its terms. Only signed versions are used."""

    label: str
    effective_date: date
    terms: tuple[ListedTerm, ...]


@dataclass(frozen=True)
class ReactionFacts:
    """The compared facts: the term, the worst grade, whether it was fatal, and the possible days of its begin.

    `onset_first` and `onset_last` are days in the trial's zone; None = no onset is recorded.
    """

    dictionary: str
    code: str
    term: str
    grade: int | None
    is_fatal: bool
    onset_first: date | None
    onset_last: date | None


@dataclass(frozen=True)
class ExpectednessVerdict:
    """`expected` is True only when certain.

    `is_assumed`: nothing could be compared, so it counts as unexpected.
    """

    expected: bool
    is_assumed: bool
    reason: ReasonSentence
    version: str = ""


def compared_term(
    version: str | None, *, code: str, term: str, specify: str, own_words: str
) -> tuple[str, str, str]:
    """Dictionary, code and words by which an event is compared.

    `version` of CTCAE; None: the study's own words.

    For an "Other, specify" term the specified text counts, never the heading, which would make everything expected.
    """
    if version is None:
        return "none", "", own_words
    if is_other_specify(term):
        return f"CTCAE-{version}", "", specify
    return f"CTCAE-{version}", code, term


def expectedness(reaction: ReactionFacts, versions: Iterable[RsiFacts]) -> ExpectednessVerdict:
    """Expected when listed, at this severity or worse, in every version that can have been in force at onset."""
    every = sorted(versions, key=lambda one: one.effective_date)
    if reaction.onset_first is None or reaction.onset_last is None:
        return ExpectednessVerdict(False, True, ReasonSentence(NO_ONSET))
    possible = in_force(every, reaction.onset_first, reaction.onset_last)
    if None in possible:
        return ExpectednessVerdict(
            False, True, ReasonSentence(NO_RSI, {"day": reaction.onset_first.isoformat()})
        )
    verdicts = [_by_version(reaction, version) for version in possible if version is not None]
    refusing = [verdict for verdict in verdicts if not verdict.expected]
    return (refusing or verdicts)[0]


def in_force(versions: list[RsiFacts], first: date, last: date) -> list[RsiFacts | None]:
    """The versions that were in force on one of the days; None means days before the first version."""
    before = [version for version in versions if version.effective_date <= first]
    during = [version for version in versions if first < version.effective_date <= last]
    return [before[-1] if before else None, *during]


def _by_version(reaction: ReactionFacts, version: RsiFacts) -> ExpectednessVerdict:
    params: dict[str, Any] = {"term": reaction.term or "—", "version": version.label}
    listed = [one for one in version.terms if one.names(reaction.dictionary, reaction.code, reaction.term)]
    if not reaction.term and not reaction.code:
        return ExpectednessVerdict(False, True, ReasonSentence(NOT_CODED, params), version.label)
    if not listed:
        return ExpectednessVerdict(False, False, ReasonSentence(NOT_LISTED, params), version.label)
    worst = max(one.worst_grade for one in listed)
    params |= {"worst": worst, "grade": reaction.grade or "—"}
    if reaction.is_fatal and worst < FATAL_GRADE:
        return ExpectednessVerdict(False, False, ReasonSentence(FATAL_NOT_LISTED, params), version.label)
    if reaction.grade is None and not (reaction.is_fatal and worst == FATAL_GRADE):
        return ExpectednessVerdict(False, True, ReasonSentence(NO_GRADE, params), version.label)
    if reaction.grade is not None and reaction.grade > worst:
        return ExpectednessVerdict(False, False, ReasonSentence(WORSE_THAN_LISTED, params), version.label)
    return ExpectednessVerdict(True, False, ReasonSentence(LISTED, params), version.label)


NO_RSI = gettext_noop(
    "Expectedness missing: no signed reference safety information was in force on %(day)s; counts as unexpected."
)
NO_ONSET = gettext_noop("Expectedness missing: no onset is recorded; counts as unexpected.")
NOT_CODED = gettext_noop(
    "Expectedness missing: the event has no term to compare with version %(version)s; counts as unexpected."
)
NO_GRADE = gettext_noop(
    "Expectedness missing: “%(term)s” is listed up to grade %(worst)s (version %(version)s), but the event has no grade; "
    "counts as unexpected."
)
NOT_LISTED = gettext_noop("Unexpected: “%(term)s” is not listed in version %(version)s.")
FATAL_NOT_LISTED = gettext_noop(
    "Unexpected: “%(term)s” is listed up to grade %(worst)s in version %(version)s, and the event is fatal."
)
WORSE_THAN_LISTED = gettext_noop(
    "Unexpected: “%(term)s” is listed up to grade %(worst)s in version %(version)s, and the event has grade %(grade)s."
)
LISTED = gettext_noop(
    "Expected: “%(term)s” is listed up to grade %(worst)s in version %(version)s, in force at onset."
)
