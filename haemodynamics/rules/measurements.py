"""The values of one reading for a criterion: a vasopressor's rate, the number running, a measured value."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from haemodynamics.rules.comparisons import Threshold
from haemodynamics.rules.possible import Measured, exactly
from haemodynamics.rules.readings import Reading
from haemodynamics.rules.units import agents_running, rate_of
from trials.rules.protocol import WITH_PARTS, Criterion, CriterionPart

Look = Callable[[Reading], Measured | None]
"""The possible values in one reading, `None` when the reading does not have it."""


@dataclass(frozen=True)
class Comparison:
    """One variable of a criterion and its threshold."""

    name: str
    unit: str
    look: Look
    threshold: Threshold


def criterion_comparisons(criterion: Criterion, weights: Sequence[Decimal]) -> tuple[Comparison, ...]:
    """The comparisons a measured criterion consists of; none for rhythms and outcomes.

    Raises ValueError when the criterion lacks a key of its kind (impossible in a checked protocol).
    """
    if criterion.kind == "vasopressor_rate":
        return (_rate(criterion, weights),)
    if criterion.kind == "vasopressor_count":
        return (Comparison("vasopressors", criterion.unit or "agents", _count, _threshold(criterion)),)
    if criterion.kind in WITH_PARTS:
        return tuple(_part(part) for part in criterion.parts)
    return ()


def _threshold(rule: Criterion | CriterionPart) -> Threshold:
    if rule.operator is None or rule.value is None or rule.semantics is None:
        raise ValueError("A measured criterion needs an operator, a value and its semantics.")
    return Threshold(rule.operator, Fraction(rule.value), rule.semantics)


def _rate(criterion: Criterion, weights: Sequence[Decimal]) -> Comparison:
    agent, unit = criterion.agent or "", criterion.unit or ""

    def look(reading: Reading) -> Measured | None:
        if reading.vasopressors is None:
            return None
        return rate_of(reading.vasopressors, agent=agent, to_unit=unit, weights=weights)

    return Comparison(agent, unit, look, _threshold(criterion))


def _count(reading: Reading) -> Measured | None:
    if reading.vasopressors is None:
        return None
    return exactly(Fraction(agents_running(reading.vasopressors)))


def _part(part: CriterionPart) -> Comparison:
    def look(reading: Reading) -> Measured | None:
        value = reading.measured(part.variable)
        return None if value is None else exactly(Fraction(value))

    return Comparison(part.variable, part.unit, look, _threshold(part))


@dataclass(frozen=True)
class LastBefore:
    """The last value of a variable before the infusion."""

    at: datetime
    measured: Measured


def baseline_of(before: Sequence[Reading], comparison: Comparison) -> LastBefore | None:
    """The last value recorded in readings before the infusion (given in order), `None` when there is none."""
    for reading in reversed(before):
        measured = comparison.look(reading)
        if measured is not None:
            return LastBefore(reading.at, measured)
    return None
