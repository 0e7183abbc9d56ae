"""What stands in for a PaO2/FiO2 ratio that was not measured, and by which rule: kept beside every value.

The numbers are the protocol's (`[outcomes.imputation]`); for STROMA-CoV-2 those of Monsel A et al., Crit Care 2022;26:48:
50 mmHg from the day of death on, the last value plus 10 % for who was improved and discharged. Nothing else is filled.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from trials.rules.protocol import Imputation


class Origin(StrEnum):
    """Where a value of the course comes from; `missing` has none."""

    MEASURED = "measured"
    GIVEN = "given"
    DEATH = "death"
    IMPROVED = "improved"
    MISSING = "missing"


@dataclass(frozen=True)
class CourseFacts:
    """One participant's ratios by study day (mmHg; a value and whether the source gave the ratio alone).

    `death_day`: None when alive or when the day is not surely known. `left_day`: the first day on which intensive care
    was left alive; `back_days` on which somebody was in intensive care again; `improved_days` on which no sample was
    taken because of improvement.
    """

    measured: Mapping[int, tuple[float, bool]]
    death_day: int | None = None
    left_day: int | None = None
    back_days: frozenset[int] = field(default_factory=frozenset)
    improved_days: frozenset[int] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Filled:
    """The value of one day, None when missing, and where it comes from."""

    day: int
    value: float | None
    origin: Origin


def filled_course(facts: CourseFacts, *, days: Sequence[int], rule: Imputation) -> tuple[Filled, ...]:
    """The course on `days`: measured first, then death, then improvement; everything else stays missing."""
    return tuple(_filled(facts, day, rule) for day in days)


def _filled(facts: CourseFacts, day: int, rule: Imputation) -> Filled:
    if day in facts.measured:
        value, is_given = facts.measured[day]
        return Filled(day, value, Origin.GIVEN if is_given else Origin.MEASURED)
    if facts.death_day is not None and day >= facts.death_day:
        return Filled(day, float(rule.death_value), Origin.DEATH)
    before = [earlier for earlier in facts.measured if earlier < day]
    if before and _is_improved(facts, day):
        last = facts.measured[max(before)][0]
        return Filled(day, last * float(rule.improved_factor), Origin.IMPROVED)
    return Filled(day, None, Origin.MISSING)


def _is_improved(facts: CourseFacts, day: int) -> bool:
    """No sample because of improvement on that day, or out of intensive care by then and not back since."""
    if day in facts.improved_days:
        return True
    if facts.left_day is None or day < facts.left_day:
        return False
    left = facts.left_day
    return not any(left < back <= day for back in facts.back_days)
