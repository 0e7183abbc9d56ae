"""Whether one value, beside its baseline, meets a threshold: yes, no, or why nobody can say.

Semantics are the protocol's (START says "increase" and means a level in its table, a rise in its registry entry;
Liu 2014 Ann Intensive Care 4:22, table 1; NCT02097641): `increase_to` = above the baseline and the level meets
the threshold; `increase_of` = the difference meets it; `level` = the level meets it, whatever was before.
"""

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from types import MappingProxyType

from events.rules.haemodynamics.units import Measured

OPERATORS: Mapping[str, Callable[[Fraction, Fraction], bool]] = MappingProxyType(
    {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}
)
RISING = frozenset({">", ">="})


class Truth(Enum):
    """Answers for one moment. ABSENT: not measured then. UNKNOWN: measured, but it cannot be compared."""

    YES = "yes"
    NO = "no"
    ABSENT = "absent"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Answer:
    """A truth and, when it is neither yes nor no, its reason."""

    truth: Truth
    reason: str = ""


@dataclass(frozen=True)
class Threshold:
    """What a value is held against."""

    operator: str
    value: Fraction
    semantics: str


def compare(measured: Measured | None, baseline: Measured | None, threshold: Threshold) -> Answer:
    """Whether the value meets the threshold.

    A level that is not reached is "no" whatever the baseline was; a reached one needs the baseline to be a rise.
    """
    if measured is None:
        return Answer(Truth.ABSENT, "not measured")
    if measured.value is None:
        return Answer(Truth.UNKNOWN, measured.reason)
    if threshold.semantics == "level":
        return _answer(_holds(measured.value, threshold))
    if threshold.semantics == "increase_to" and not _holds(measured.value, threshold):
        return Answer(Truth.NO)
    if baseline is None or baseline.value is None:
        reason = baseline.reason if baseline else ""
        return Answer(Truth.UNKNOWN, reason or "no baseline: nothing was recorded before the infusion")
    if threshold.semantics == "increase_to":
        return _answer(_moved(measured.value, baseline.value, threshold))
    return _answer(_holds(measured.value - baseline.value, threshold))


def _answer(holds: bool) -> Answer:
    return Answer(Truth.YES if holds else Truth.NO)


def _holds(value: Fraction, threshold: Threshold) -> bool:
    return OPERATORS[threshold.operator](value, threshold.value)


def _moved(value: Fraction, baseline: Fraction, threshold: Threshold) -> bool:
    """In the threshold's direction from the baseline: up for `>` and `>=`, down for the others."""
    return value > baseline if threshold.operator in RISING else value < baseline


def all_of(answers: Iterable[Answer]) -> Answer:
    """Yes when every one is yes; one no decides, however much of the rest is unknown.

    Half met and half not measured is unknown: that moment may have been a hit, and no other moment excludes it.
    """
    given = tuple(answers)
    decided = _decide(given, decisive=Truth.NO, otherwise=Truth.YES)
    if decided.truth is Truth.ABSENT and any(answer.truth is Truth.YES for answer in given):
        return Answer(Truth.UNKNOWN, f"partly met, the rest {decided.reason}")
    return decided


def any_of(answers: Iterable[Answer]) -> Answer:
    """Yes when one is yes, however much of the rest is unknown; no when every one is no."""
    return _decide(tuple(answers), decisive=Truth.YES, otherwise=Truth.NO)


def _decide(answers: tuple[Answer, ...], *, decisive: Truth, otherwise: Truth) -> Answer:
    for truth in (decisive, Truth.UNKNOWN, Truth.ABSENT):
        found = next((answer for answer in answers if answer.truth is truth), None)
        if found is not None:
            return found
    return Answer(otherwise)
