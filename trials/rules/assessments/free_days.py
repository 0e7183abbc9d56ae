"""Days alive and free of ventilation, and of organ failure, and who is known to be alive.

Schoenfeld DA, Bernard GR, Crit Care Med 2002;30:1772: 0 for who died by the last day, else the days free. Where the
support of a day is not recorded the result is not evaluable; its limits (every unknown day ventilated, none of them)
stand beside it. Days after intensive care was left alive, and before anybody came back to it, count as free: the
convention of the ARDS Network (general knowledge, not checked against the original).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from trials.rules.protocol import FreeDays


@dataclass(frozen=True)
class DayOfCourse:
    """One assessed day: kind of support ("" not recorded), SOFA points by organ, whether in intensive care then."""

    ventilation: str
    sofa: Mapping[str, int | None]
    in_icu: bool | None


@dataclass(frozen=True)
class AliveUntil:
    """What is known of a life: `death_day` surely known, `has_died` also without a day, last day seen alive."""

    has_died: bool
    death_day: int | None
    last_alive_day: int | None


@dataclass(frozen=True)
class Evaluated:
    """Days free; None when not evaluable, between `low` and `high` then (both equal to the value otherwise)."""

    value: int | None
    low: int
    high: int


class VitalStatus(StrEnum):
    """On a given day."""

    DEAD = "dead"
    ALIVE = "alive"
    UNKNOWN = "unknown"


def vital_status(life: AliveUntil, *, day: int) -> VitalStatus:
    """Dead by the end of that day, alive on it or later, or not known; not known is never alive."""
    if life.death_day is not None:
        return VitalStatus.DEAD if life.death_day <= day else VitalStatus.ALIVE
    if life.last_alive_day is not None and life.last_alive_day >= day:
        return VitalStatus.ALIVE
    return VitalStatus.UNKNOWN


def ventilator_free_days(
    course: Mapping[int, DayOfCourse], *, life: AliveUntil, left_day: int | None, rule: FreeDays
) -> Evaluated:
    """Days 1 to the rule's last day that are alive and free of its kinds of ventilation."""
    burdened = [_is_ventilated(course, day, left_day, rule) for day in range(1, rule.last_day + 1)]
    count = _last_free_period if rule.reintubation == "last_period" else _all_free
    return _evaluated(burdened, life, rule.last_day, count)


def organ_failure_free_days(
    course: Mapping[int, DayOfCourse], *, life: AliveUntil, left_day: int | None, rule: FreeDays
) -> Evaluated:
    """Days 1 to the rule's last day that are alive and without a failing organ among the rule's."""
    burdened = [_has_failure(course, day, left_day, rule) for day in range(1, rule.last_day + 1)]
    return _evaluated(burdened, life, rule.last_day, _all_free)


def _evaluated(
    burdened: Sequence[bool | None],
    life: AliveUntil,
    last_day: int,
    count: Callable[[Sequence[bool]], int],
) -> Evaluated:
    status = vital_status(life, day=last_day)
    if status is VitalStatus.DEAD:
        return Evaluated(0, 0, 0)
    worst = count([day is not False for day in burdened])
    best = count([day is True for day in burdened])
    low = 0 if status is VitalStatus.UNKNOWN else worst
    return Evaluated(best if low == best else None, low, best)


def _last_free_period(burdened: Sequence[bool]) -> int:
    """Free days at the end, after the last burdened one."""
    free = 0
    for is_burdened in reversed(burdened):
        if is_burdened:
            break
        free += 1
    return free


def _all_free(burdened: Sequence[bool]) -> int:
    return sum(not is_burdened for is_burdened in burdened)


def _is_ventilated(
    course: Mapping[int, DayOfCourse], day: int, left_day: int | None, rule: FreeDays
) -> bool | None:
    known = course.get(day)
    if known is not None and known.ventilation:
        return known.ventilation in rule.ventilated_by
    return False if _is_away(course, day, left_day) else None


def _has_failure(
    course: Mapping[int, DayOfCourse], day: int, left_day: int | None, rule: FreeDays
) -> bool | None:
    """Yes as soon as one organ fails; no only when every organ is recorded and none does."""
    points = [course[day].sofa.get(organ) for organ in rule.organs] if day in course else [None]
    if any(point is not None and point >= rule.organ_failure_from for point in points):
        return True
    if all(point is not None for point in points):
        return False
    return False if _is_away(course, day, left_day) else None


def _is_away(course: Mapping[int, DayOfCourse], day: int, left_day: int | None) -> bool:
    """Out of intensive care by that day and not known to be back in it since."""
    if left_day is None or day < left_day:
        return False
    return not any(left_day < back <= day and course[back].in_icu for back in course)
