"""The possible values of a quantity with unknown inputs: a span for each assumed weight.

A comparison is certain when it gives the same answer at both ends of each span. It then holds for all values between,
because a rate rises with the base share, and rises or falls monotonically with the weight (decision 18).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from haemodynamics.rules.reasons import Reason, Reasons, together
from trials.rules.protocol import HaemodynamicPlan

WEIGHT = "weight_kg"


@dataclass(frozen=True)
class NumberRange:
    """From `low` to `high`, both possible."""

    low: Fraction
    high: Fraction


@dataclass(frozen=True)
class Measured:
    """Every possible value: one span, or one per assumed weight in the order of the weights.

    No span: nothing is known. `reasons` lists what is not known. Fractions are exact, so that comparisons after a
    conversion are exact.
    """

    spans: tuple[NumberRange, ...]
    reasons: Reasons = ()

    @property
    def value(self) -> Fraction | None:
        """The value, when there is only one."""
        ends = {end for span in self.spans for end in (span.low, span.high)}
        return ends.pop() if len(ends) == 1 else None

    @property
    def limits(self) -> NumberRange | None:
        """The lowest and the highest possible value."""
        if not self.spans:
            return None
        return NumberRange(min(span.low for span in self.spans), max(span.high for span in self.spans))


def exactly(value: Fraction) -> Measured:
    """A known value."""
    return Measured((NumberRange(value, value),))


def unknown(reason: Reason) -> Measured:
    """A value of which nothing is known."""
    return Measured((), (reason,))


def weights_of(weight_kg: Decimal | None, plan: HaemodynamicPlan) -> tuple[Decimal, ...]:
    """The recorded weight; without one both ends of the protocol's plausible range.

    Nothing where it has none.
    """
    if weight_kg:
        return (weight_kg,)
    limits = plan.plausibility.get(WEIGHT)
    return () if limits is None or limits.hard_low <= 0 else (limits.hard_low, limits.hard_high)


Combine = Callable[[NumberRange, NumberRange], NumberRange]


def combined(first: Measured, second: Measured, how: Combine) -> Measured:
    """Two values under the same weights, such as a rate and its baseline; unknown when one has no span."""
    reasons = together(first.reasons, second.reasons)
    if not first.spans or not second.spans:
        return Measured((), reasons)
    size = max(len(first.spans), len(second.spans))
    pairs = zip(_repeated(first.spans, size), _repeated(second.spans, size), strict=True)
    return Measured(tuple(how(one, other) for one, other in pairs), reasons)


def _repeated(spans: tuple[NumberRange, ...], size: int) -> Sequence[NumberRange]:
    return spans * size if len(spans) == 1 else spans


def plus(one: NumberRange, other: NumberRange) -> NumberRange:
    """The sum."""
    return NumberRange(one.low + other.low, one.high + other.high)


def minus(one: NumberRange, other: NumberRange) -> NumberRange:
    """The difference; the unknown parts are independent of each other, except the weight."""
    return NumberRange(one.low - other.high, one.high - other.low)
