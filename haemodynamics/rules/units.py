"""The possible values of a charted vasopressor rate in the unit of a threshold, as base equivalent.

Sources: unit traps and salts in Wieruszewski PM et al., Crit Care Med 2024;52:521 (report base equivalents);
noradrenaline tartrate 2 mg = base 1 mg (product information; ratio of molecular weights 1.99).
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

from haemodynamics.choices import RateUnit, Vasopressor
from haemodynamics.rules.possible import Measured, NumberRange, combined, exactly, plus, unknown
from haemodynamics.rules.readings import RunningVasopressor
from haemodynamics.rules.reasons import Reason
from partial_dates.refusals import gettext_noop
from trials.choices import Salt

MINUTES_PER_HOUR = 60
UG_PER_MG = 1000

BASE_PER_SALT: Mapping[tuple[str, str], Fraction] = MappingProxyType(
    {(Vasopressor.NOREPINEPHRINE.value, Salt.TARTRATE.value): Fraction(1, 2)}
)
"""The mass of base in a unit mass of salt.

For a salt that is not listed only this is known: less than its own mass.
"""

_NO_SALT, _ALL_BASE = Fraction(0), Fraction(1)
_UNITS_OF_ACTIVITY = frozenset({RateUnit.U_MIN.value, RateUnit.U_H.value})


def convert_rate(line: RunningVasopressor, *, to_unit: str, weights: Sequence[Decimal]) -> Measured:
    """Every possible rate in `to_unit`, as base equivalent, of the line, with the reasons why it is not known.

    `weights` in kg: the recorded one, both ends of the plausible range, or none. A rate of zero is zero in every unit
    and of every salt. An unknown salt is treated as every possible salt; it is never assumed to be base.
    """
    if line.rate == 0:
        return exactly(Fraction(0))
    if (line.unit in _UNITS_OF_ACTIVITY) != (to_unit in _UNITS_OF_ACTIVITY):
        message = gettext_noop("%(agent)s: %(unit)s cannot be expressed in %(other_unit)s")
        return unknown(
            Reason("unit", message, {"agent": line.agent, "unit": line.unit, "other_unit": to_unit})
        )
    if line.unit in _UNITS_OF_ACTIVITY:
        return _activity(line, to_unit)
    return _mass(line, to_unit, weights)


def _activity(line: RunningVasopressor, to_unit: str) -> Measured:
    rate = Fraction(line.rate)
    per_min = rate / MINUTES_PER_HOUR if line.unit == RateUnit.U_H else rate
    return exactly(per_min * MINUTES_PER_HOUR if to_unit == RateUnit.U_H else per_min)


def _mass(line: RunningVasopressor, to_unit: str, weights: Sequence[Decimal]) -> Measured:
    share, reasons = _base_share(line)
    is_per_kg = RateUnit.UG_KG_MIN in (line.unit, to_unit) and line.unit != to_unit
    if is_per_kg and len(weights) != 1:
        message = gettext_noop(
            "%(agent)s: the weight is not known, so the rate in %(other_unit)s is not certain"
        )
        reasons = (*reasons, Reason("weight_kg", message, {"agent": line.agent, "other_unit": to_unit}))
    if is_per_kg and not weights:
        return Measured((), reasons)
    assumed = weights if is_per_kg else (Decimal(1),)  # without a unit per kg the weight cancels out
    rates = [_converted(Fraction(line.rate), line.unit, to_unit, Fraction(weight)) for weight in assumed]
    return Measured(tuple(NumberRange(rate * share.low, rate * share.high) for rate in rates), reasons)


def _base_share(line: RunningVasopressor) -> tuple[NumberRange, tuple[Reason, ...]]:
    """The possible mass of base in a unit of the charted mass, and the reasons why it is not known."""
    listed = BASE_PER_SALT.get((line.agent, Salt.TARTRATE.value))
    tartrate = NumberRange(_NO_SALT, _ALL_BASE) if listed is None else NumberRange(listed, listed)
    if line.salt == Salt.BASE:
        return NumberRange(_ALL_BASE, _ALL_BASE), ()
    if line.salt == Salt.TARTRATE:
        message = gettext_noop("%(agent)s: no base equivalent is known for the tartrate")
        return tartrate, () if listed else (Reason("salt", message, {"agent": line.agent}),)
    message = gettext_noop("%(agent)s: whether the rate is of base or of tartrate is not known (salt)")
    return NumberRange(tartrate.low, _ALL_BASE), (Reason("salt", message, {"agent": line.agent}),)


def _converted(rate: Fraction, unit: str, to_unit: str, weight: Fraction) -> Fraction:
    return rate * _ug_min_per(unit, weight) / _ug_min_per(to_unit, weight)


def _ug_min_per(unit: str, weight: Fraction) -> Fraction:
    """The number of µg/min in one of the unit."""
    if unit == RateUnit.UG_KG_MIN:
        return weight
    return Fraction(UG_PER_MG, MINUTES_PER_HOUR) if unit == RateUnit.MG_H else Fraction(1)


def rate_of(
    lines: tuple[RunningVasopressor, ...], *, agent: str, to_unit: str, weights: Sequence[Decimal]
) -> Measured:
    """Every possible total rate of an agent over the lines of one reading.

    An agent without a line has rate zero.
    """
    total = exactly(Fraction(0))
    for line in lines:
        if line.agent == agent:
            total = combined(total, convert_rate(line, to_unit=to_unit, weights=weights), plus)
    return total


def agents_running(lines: tuple[RunningVasopressor, ...]) -> int:
    """The number of different vasopressors with a rate above zero (their salts do not matter)."""
    return len({line.agent for line in lines if line.rate > 0})
