"""Which days are still to be assessed: planned, begun, not recorded, and of a participant in intensive care."""

from collections.abc import Collection
from dataclasses import dataclass

from trials.rules.protocol import OutcomePlan


@dataclass(frozen=True)
class Stay:
    """The input of the worklist: recorded study days, first day out of intensive care, day of death, and today."""

    recorded: Collection[int]
    left_day: int | None
    death_day: int | None
    today: int


def due_days(plan: OutcomePlan, stay: Stay) -> tuple[int, ...]:
    """The due days, in order. Outside intensive care only the day of vital status is due; after a death none.

    Today is due from its beginning, so that it can be entered; it is missing only when it is over.
    """
    return tuple(day for day in plan.assessment_days if _is_due(plan, stay, day))


def missing_days(plan: OutcomePlan, stay: Stay) -> tuple[int, ...]:
    """The due days that are over."""
    return tuple(day for day in due_days(plan, stay) if day < stay.today)


def _is_due(plan: OutcomePlan, stay: Stay, day: int) -> bool:
    if day > stay.today or day in stay.recorded:
        return False
    if stay.death_day is not None and day >= stay.death_day:
        return False
    return stay.left_day is None or day < stay.left_day or day == plan.vital_status_day
