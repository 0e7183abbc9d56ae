"""Which days are still to be assessed: planned, begun, not recorded, and of somebody who is in intensive care."""

from collections.abc import Collection
from dataclasses import dataclass

from trials.rules.protocol import OutcomePlan


@dataclass(frozen=True)
class Stay:
    """What the worklist knows: study days recorded, first day out of intensive care, of death, and today."""

    recorded: Collection[int]
    left_day: int | None
    death_day: int | None
    today: int


def due_days(plan: OutcomePlan, stay: Stay) -> tuple[int, ...]:
    """The days asked for, in order. Out of intensive care only the day of vital status is; after a death none.

    Today is among them from its beginning, so that it can be entered; it is missing only when it is over.
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
