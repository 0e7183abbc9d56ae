"""Whether one value, with its baseline, meets a threshold: yes, no, or why it is unknown.

Semantics are the protocol's (START says "increase" and means a level in its table, a rise in its registry entry;
Liu 2014 Ann Intensive Care 4:22, table 1; NCT02097641):

- `level`: the level meets the threshold, whatever was before;
- `increase_to`, `decrease_to`: above (below) the baseline, and the level meets the threshold;
- `increase_of`, `decrease_of`: the rise (fall) from the baseline meets it;
- `increase_percent`, `decrease_percent`: the rise (fall) in percent of the baseline meets it.

An answer is yes or no only when every possible value gives it (decision 18).
"""

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from types import MappingProxyType

from haemodynamics.rules.possible import Measured, NumberRange, combined, minus
from haemodynamics.rules.reasons import Reason, Reasons, together
from partial_dates.refusals import gettext_noop

OPERATORS: Mapping[str, Callable[[Fraction, Fraction], bool]] = MappingProxyType(
    {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}
)
RISING = frozenset({">", ">="})


class Truth(Enum):
    """Answers for one time. ABSENT: not measured then. UNKNOWN: measured, but it cannot be compared."""

    YES = "yes"
    NO = "no"
    ABSENT = "absent"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class CriterionAnswer:
    """A truth and, when it is neither yes nor no, the reason."""

    truth: Truth
    reasons: Reasons = ()


@dataclass(frozen=True)
class Threshold:
    """The limit of a comparison."""

    operator: str
    value: Fraction
    semantics: str


NOT_MEASURED = Reason("", gettext_noop("not measured"))
NO_BASELINE = Reason("", gettext_noop("no baseline: nothing was recorded before the infusion"))
PARTLY_MET = Reason("", gettext_noop("partly met; the rest is not known"))
BASELINE_OF_ZERO = Reason("", gettext_noop("the baseline is 0, so no percentage of it can be computed"))


def compare(measured: Measured | None, baseline: Measured | None, threshold: Threshold) -> CriterionAnswer:
    """Whether the value meets the threshold under every possibility.

    A level that does not meet the threshold is "no" whatever the baseline was. `increase_to` and `decrease_to` also
    need the baseline.
    """
    if measured is None:
        return CriterionAnswer(Truth.ABSENT, (NOT_MEASURED,))
    reached = Truth.YES
    if threshold.semantics in ("level", "increase_to", "decrease_to"):
        reached = _held(measured, threshold.operator, threshold.value)
    if threshold.semantics == "level" or reached is Truth.NO:
        return _answer(reached, measured.reasons)
    if baseline is None:
        return CriterionAnswer(
            Truth.UNKNOWN, together(measured.reasons if reached is Truth.UNKNOWN else (), (NO_BASELINE,))
        )
    return _beside(measured, baseline, threshold, reached)


def _beside(measured: Measured, baseline: Measured, threshold: Threshold, reached: Truth) -> CriterionAnswer:
    reasons = together(measured.reasons, baseline.reasons)
    if threshold.semantics.endswith("_percent") and any(span.low <= 0 for span in baseline.spans):
        return CriterionAnswer(Truth.UNKNOWN, together(reasons, (BASELINE_OF_ZERO,)))
    moved = _moved(measured, baseline, threshold)
    if moved is Truth.YES:
        return _answer(reached, reasons)
    return _answer(moved, reasons)


def _answer(truth: Truth, reasons: Reasons) -> CriterionAnswer:
    return CriterionAnswer(truth, reasons if truth is Truth.UNKNOWN else ())


def _held(measured: Measured, sign: str, limit: Fraction) -> Truth:
    """Whether every possible value meets the limit: tested at the ends, which decide for all values between."""
    tried = {OPERATORS[sign](end, limit) for span in measured.spans for end in (span.low, span.high)}
    if len(tried) != 1:
        return Truth.UNKNOWN
    return Truth.YES if tried.pop() else Truth.NO


def _moved(measured: Measured, baseline: Measured, threshold: Threshold) -> Truth:
    """Whether the change from the baseline has the direction and kind of the semantics."""
    how, _, measure = threshold.semantics.partition("_")
    rise, fall = combined(measured, baseline, minus), combined(baseline, measured, minus)
    if measure == "of":
        return _held(rise if how == "increase" else fall, threshold.operator, threshold.value)
    if measure == "percent":
        share = threshold.value / 100
        excess = combined(rise if how == "increase" else fall, _times(baseline, share), minus)
        return _held(excess, threshold.operator, Fraction(0))
    return _held(rise if threshold.operator in RISING else fall, ">", Fraction(0))


def _times(measured: Measured, factor: Fraction) -> Measured:
    """The value times a factor that is not negative."""
    spans = tuple(NumberRange(span.low * factor, span.high * factor) for span in measured.spans)
    return Measured(spans, measured.reasons)


def all_of(answers: Iterable[CriterionAnswer]) -> CriterionAnswer:
    """Yes when all are yes; no when one is no, even if others are unknown.

    Half met and half not measured is unknown: that time may have been a hit, and no other time excludes it.
    """
    given = tuple(answers)
    decided = _decide(given, decisive=Truth.NO, otherwise=Truth.YES)
    if decided.truth is Truth.ABSENT and any(answer.truth is Truth.YES for answer in given):
        return CriterionAnswer(Truth.UNKNOWN, (PARTLY_MET, *decided.reasons))
    return decided


def any_of(answers: Iterable[CriterionAnswer]) -> CriterionAnswer:
    """Yes when one is yes, even if others are unknown; no when all are no."""
    return _decide(tuple(answers), decisive=Truth.YES, otherwise=Truth.NO)


def _decide(answers: tuple[CriterionAnswer, ...], *, decisive: Truth, otherwise: Truth) -> CriterionAnswer:
    for truth in (decisive, Truth.UNKNOWN, Truth.ABSENT):
        found = [answer for answer in answers if answer.truth is truth]
        if found:
            return CriterionAnswer(truth, together(*(answer.reasons for answer in found)))
    return CriterionAnswer(otherwise)
