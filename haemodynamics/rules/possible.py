"""What a value can be when something it rests on is not known: a span for each weight that is assumed.

A comparison is certain when it gives the same answer at both ends of each span. That holds for everything between,
since a rate rises with the base share and rises or falls with the weight throughout (decision 18).
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

    No span: nothing at all is known. `reasons` says what is not known. Exact fractions, so that a threshold compares
    exactly after conversion.
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
    """A value that is known."""
    return Measured((NumberRange(value, value),))


def unknown(reason: Reason) -> Measured:
    """A value of which nothing is known."""
    return Measured((), (reason,))


def weights_of(weight_kg: Decimal | None, plan: HaemodynamicPlan) -> tuple[Decimal, ...]:
    """The recorded weight; without one both ends of the plausible range of the protocol; nothing where it has none."""
    if weight_kg:
        return (weight_kg,)
    limits = plan.plausibility.get(WEIGHT)
    return () if limits is None or limits.hard_low <= 0 else (limits.hard_low, limits.hard_high)


Combine = Callable[[NumberRange, NumberRange], NumberRange]


def combined(first: Measured, second: Measured, how: Combine) -> Measured:
    """Two values under the same weights, such as a rate and its baseline; nothing is known when one has no span."""
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
    """The difference; what is unknown of the two is independent of each other, except the weight."""
    return NumberRange(one.low - other.high, one.high - other.low)
