"""Which readings are impossible (refused) and which are unlikely (stored, with a warning).

Limits are the protocol's, per variable and unit, both ends allowed; they come from published outlier tables
(CLIF `outlier_config`, MIMIC-IV concepts, FDA ST&F IG v2.0 table 60) and never exclude zero where zero is real.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from haemodynamics.rules.readings import AGENTS, MEASUREMENTS, RATE_UNITS, SALTS, Reading, RunningVasopressor
from partial_dates.refusals import Refusal, gettext_noop
from trials.rules.protocol import Plausibility

FIO2_AIR_PERCENT = 21
FIO2_PURE_PERCENT = 100
"""Between these, an FiO2 was most likely written in percent (MIMIC-IV `ventilator_setting`)."""

Limits = Mapping[str, Plausibility]


@dataclass(frozen=True)
class ReadingVerdict:
    """`refusals`: the reading cannot be stored. `warnings`: it can, and should be checked."""

    refusals: tuple[Refusal, ...] = ()
    warnings: tuple[Refusal, ...] = ()


def judge_reading(reading: Reading, limits: Limits) -> ReadingVerdict:
    """Judge whether a reading is possible. Units are those of `MEASUREMENTS`; nothing is converted silently."""
    refusals = [
        *_impossible_values(reading, limits),
        *_impossible_pressures(reading),
        *_impossible_lines(reading, limits),
    ]
    return ReadingVerdict(tuple(refusals), tuple(_doubtful_values(reading, limits)))


def _impossible_values(reading: Reading, limits: Limits) -> Iterator[Refusal]:
    for variable, meaning in MEASUREMENTS.items():
        value, limit = reading.measured(variable), limits.get(meaning.limit_key)
        if value is None or not _outside_hard(value, limit):
            continue
        percent = fio2_in_percent(value) if variable == "fio2_fraction" else None
        yield percent or _outside(variable, value, meaning.unit, limit)


def _outside_hard(value: Decimal, limit: Plausibility | None) -> bool:
    if not value.is_finite() or limit is None:
        return not value.is_finite()
    return not limit.hard_low <= value <= limit.hard_high


def fio2_in_percent(value: Decimal) -> Refusal | None:
    """The refusal of an FiO2 that was most likely written in percent; None for any other value."""
    if not (value.is_finite() and FIO2_AIR_PERCENT <= value <= FIO2_PURE_PERCENT):
        return None
    message = gettext_noop(
        "FiO2: %(value)s is not a fraction from 0.21 to 1.00; if it is percent, write %(fraction)s instead."
    )
    return Refusal("fio2_fraction", message, {"value": value, "fraction": value / 100})


def _outside(field: str, value: Decimal, unit: str, limit: Plausibility | None) -> Refusal:
    if limit is None:
        return Refusal(
            field, gettext_noop("%(field)s: %(value)s is not a number."), {"field": field, "value": value}
        )
    message = gettext_noop(
        "%(field)s: %(value)s %(unit)s is not possible; it lies between %(low)s and %(high)s."
    )
    params = {"field": field, "value": value, "unit": unit, "low": limit.hard_low, "high": limit.hard_high}
    return Refusal(field, message, params)


def _impossible_pressures(reading: Reading) -> Iterator[Refusal]:
    """Diastolic, mean and systolic pressure of one time are in this order; equal is allowed (arrest)."""
    pairs = (("dbp_mmhg", "map_mmhg"), ("map_mmhg", "sbp_mmhg"), ("dbp_mmhg", "sbp_mmhg"))
    for lower, upper in pairs:
        low, high = reading.measured(lower), reading.measured(upper)
        if low is None or high is None or low <= high:
            continue
        message = gettext_noop(
            "%(lower)s: %(low)s mmHg is above %(upper)s, %(high)s mmHg; pressures go DBP, MAP, SBP."
        )
        yield Refusal(lower, message, {"lower": lower, "low": low, "upper": upper, "high": high})


def _doubtful_values(reading: Reading, limits: Limits) -> Iterator[Refusal]:
    for variable, meaning in MEASUREMENTS.items():
        value, limit = reading.measured(variable), limits.get(meaning.limit_key)
        if value is not None and limit is not None and _outside_soft(value, limit):
            yield _unusual(variable, value, meaning.unit, limit)
    for line in reading.vasopressors or ():
        limit = limits.get(limit_key(line))
        if limit is not None and _outside_soft(line.rate, limit):
            yield _unusual("vasopressors", line.rate, f"{line.unit} {line.agent}", limit)


def _outside_soft(value: Decimal, limit: Plausibility) -> bool:
    if not value.is_finite():
        return False
    too_low = limit.soft_low is not None and value < limit.soft_low
    return too_low or (limit.soft_high is not None and value > limit.soft_high)


def _unusual(field: str, value: Decimal, unit: str, limit: Plausibility) -> Refusal:
    message = gettext_noop(
        "%(field)s: %(value)s %(unit)s is unusual (%(low)s to %(high)s is usual); is it right?"
    )
    low, high = limit.soft_low, limit.soft_high
    params = {"field": field, "value": value, "unit": unit, "low": low, "high": high}
    return Refusal(field, message, params)


def limit_key(line: RunningVasopressor) -> str:
    """The protocol's key for limits of this agent in this unit, such as `norepinephrine_ug_kg_min`."""
    return f"{line.agent}_{line.unit.replace('/', '_').lower()}"


def judge_line(line: RunningVasopressor, limits: Limits) -> tuple[Refusal, ...]:
    """Judge whether one pump is possible: known agent, unit and salt, a rate within the hard limits."""
    return tuple(_impossible_line(line, limits.get(limit_key(line))))


def _impossible_lines(reading: Reading, limits: Limits) -> Iterator[Refusal]:
    seen: set[str] = set()
    for line in reading.vasopressors or ():
        yield from _impossible_line(line, limits.get(limit_key(line)))
        if line.agent in seen:
            message = gettext_noop(
                "Vasopressors: %(agent)s is listed twice in one reading; write its total rate once."
            )
            yield Refusal("vasopressors", message, {"agent": line.agent})
        seen.add(line.agent)


def _impossible_line(line: RunningVasopressor, limit: Plausibility | None) -> Iterator[Refusal]:
    for value, allowed in ((line.agent, AGENTS), (line.unit, RATE_UNITS), (line.salt, SALTS)):
        if value not in allowed:
            message = gettext_noop("Vasopressors: %(value)s is not one of %(allowed)s.")
            yield Refusal("vasopressors", message, {"value": value, "allowed": ", ".join(sorted(allowed))})
    if not line.rate.is_finite() or line.rate < 0:
        message = gettext_noop("Vasopressors: a rate of %(rate)s %(unit)s of %(agent)s is not possible.")
        yield Refusal("vasopressors", message, {"rate": line.rate, "unit": line.unit, "agent": line.agent})
    elif limit is not None and _outside_hard(line.rate, limit):
        yield _outside("vasopressors", line.rate, f"{line.unit} {line.agent}", limit)
