"""What a charted vasopressor rate is in the unit of a threshold, as base equivalent.

Sources: unit traps and salts in Wieruszewski PM et al., Crit Care Med 2024;52:521 (report base equivalents);
noradrenaline tartrate 2 mg = base 1 mg (product information; ratio of molecular weights 1.99).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

from events.choices import RateUnit, Salt, Vasopressor
from events.rules.haemodynamics.readings import VasopressorRate

MINUTES_PER_HOUR = 60
UG_PER_MG = 1000

BASE_PER_SALT: Mapping[tuple[str, str], Fraction] = MappingProxyType(
    {(Vasopressor.NOREPINEPHRINE.value, Salt.TARTRATE.value): Fraction(1, 2)}
)
"""How much base a unit mass of salt holds; a salt that is not listed is not converted."""

_UNITS_OF_ACTIVITY = frozenset({RateUnit.U_MIN.value, RateUnit.U_H.value})


@dataclass(frozen=True)
class Measured:
    """A value, or why there is none. Exact fractions, so that a threshold compares exactly after conversion."""

    value: Fraction | None
    reason: str = ""


def convert_rate(line: VasopressorRate, *, to_unit: str, weight_kg: Decimal | None) -> Measured:
    """The line's rate in `to_unit` as base equivalent, or the reason why it cannot be known.

    A rate of zero is zero in every unit and of every salt. An unknown salt is never assumed to be base.
    """
    if line.rate == 0:
        return Measured(Fraction(0))
    if (line.unit in _UNITS_OF_ACTIVITY) != (to_unit in _UNITS_OF_ACTIVITY):
        return Measured(None, f"{line.agent}: {line.unit} cannot be expressed in {to_unit}")
    if line.unit in _UNITS_OF_ACTIVITY:
        return _activity(line, to_unit)
    share = _base_share(line)
    if share.value is None:
        return share
    rate = Fraction(line.rate) * share.value
    return _mass(rate, line.unit, to_unit, weight_kg)


def _activity(line: VasopressorRate, to_unit: str) -> Measured:
    rate = Fraction(line.rate)
    per_min = rate / MINUTES_PER_HOUR if line.unit == RateUnit.U_H else rate
    return Measured(per_min * MINUTES_PER_HOUR if to_unit == RateUnit.U_H else per_min)


def _base_share(line: VasopressorRate) -> Measured:
    if line.salt == Salt.BASE:
        return Measured(Fraction(1))
    if line.salt == Salt.TARTRATE:
        share = BASE_PER_SALT.get((line.agent, line.salt))
        return Measured(share, "" if share else f"{line.agent}: no base equivalent is known for the tartrate")
    return Measured(None, f"{line.agent}: the salt is not known, and no salt is assumed")


def _mass(rate: Fraction, unit: str, to_unit: str, weight_kg: Decimal | None) -> Measured:
    if unit == to_unit:
        return Measured(rate)
    if RateUnit.UG_KG_MIN in (unit, to_unit) and not weight_kg:
        return Measured(None, f"{unit} cannot be expressed in {to_unit} without the weight")
    ug_min = _to_ug_min(rate, unit, weight_kg)
    return Measured(_from_ug_min(ug_min, to_unit, weight_kg))


def _to_ug_min(rate: Fraction, unit: str, weight_kg: Decimal | None) -> Fraction:
    if unit == RateUnit.UG_KG_MIN and weight_kg:
        return rate * Fraction(weight_kg)
    return rate * UG_PER_MG / MINUTES_PER_HOUR if unit == RateUnit.MG_H else rate


def _from_ug_min(ug_min: Fraction, unit: str, weight_kg: Decimal | None) -> Fraction:
    if unit == RateUnit.UG_KG_MIN and weight_kg:
        return ug_min / Fraction(weight_kg)
    return ug_min * MINUTES_PER_HOUR / UG_PER_MG if unit == RateUnit.MG_H else ug_min


def rate_of(
    lines: tuple[VasopressorRate, ...], *, agent: str, to_unit: str, weight_kg: Decimal | None
) -> Measured:
    """The total rate of an agent over the lines of one reading; an agent without a line runs at zero."""
    total = Fraction(0)
    for line in lines:
        if line.agent != agent:
            continue
        rate = convert_rate(line, to_unit=to_unit, weight_kg=weight_kg)
        if rate.value is None:
            return rate
        total += rate.value
    return Measured(total)


def agents_running(lines: tuple[VasopressorRate, ...]) -> int:
    """How many different vasopressors run at a rate above zero (their salts do not matter)."""
    return len({line.agent for line in lines if line.rate > 0})
