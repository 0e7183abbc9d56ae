"""Days alive and free of ventilation, and of organ failure, and known vital status.

Schoenfeld DA, Bernard GR, Crit Care Med 2002;30:1772: 0 after a death by the last day, else the days free. Where the
support of a day is not recorded the result is not evaluable; its limits (every unknown day ventilated, none of them)
are given beside it. Days after intensive care was left alive, and before a return to it, count as free: the convention
of the ARDS Network (general knowledge, not checked against the original).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from assessments.rules.courses import NOT_RECORDED, Courses, Flags, Floats, Integers
from trials.rules.protocol import FreeDays


@dataclass(frozen=True)
class Evaluated:
    """Days free of each participant.

    NaN when not evaluable, between `low` and `high` then (else both are the value).
    """

    value: Floats
    low: Integers
    high: Integers


@dataclass(frozen=True)
class VitalStatus:
    """For each participant on a given day: dead by the end of it, or alive on it or later.

    Neither: not known.
    """

    dead: Flags
    alive: Flags

    @property
    def known(self) -> Flags:
        """Not known is never alive."""
        return self.dead | self.alive


def vital_status(courses: Courses, *, day: int) -> VitalStatus:
    """Dead means certainly dead by the day, also without a known date; alive means seen alive on it or later.

    A death that may have been before the day or after it gives neither.
    """
    is_dated = ~np.isnan(courses.death_day)
    dead = np.fmin(courses.death_day, courses.latest_death_day) <= day
    was_alive = ~dead & ((courses.last_alive_day >= day) | (courses.earliest_death_day > day))
    return VitalStatus(dead=dead, alive=np.where(is_dated, courses.death_day > day, was_alive))


def ventilator_free_days(courses: Courses, rule: FreeDays) -> Evaluated:
    """Days 1 to the rule's last day that are alive and free of its kinds of ventilation."""
    wanted = [place for place, support in enumerate(courses.supports) if support in rule.ventilated_by]
    is_recorded = courses.ventilation != NOT_RECORDED
    is_ventilated = is_recorded & np.isin(courses.ventilation, wanted)
    is_free = (is_recorded & ~is_ventilated) | (~is_recorded & courses.is_away)
    count = _last_free_period if rule.reintubation == "last_period" else _all_free
    return _evaluated(courses, rule, is_ventilated, is_free, count)


def organ_failure_free_days(courses: Courses, rule: FreeDays) -> Evaluated:
    """Days 1 to the rule's last day that are alive and without a failing organ among the rule's.

    Failing as soon as one organ fails; free only when every organ is recorded and none fails.
    """
    points = [courses.sofa[organ] for organ in rule.organs]
    nobody = np.zeros_like(courses.is_assessed)
    is_failing = np.logical_or.reduce([nobody, *(each >= rule.organ_failure_from for each in points)])
    is_whole = np.logical_and.reduce([courses.is_assessed, *(each != NOT_RECORDED for each in points)])
    return _evaluated(courses, rule, is_failing, ~is_failing & (is_whole | courses.is_away), _all_free)


def _evaluated(
    courses: Courses, rule: FreeDays, is_burdened: Flags, is_free: Flags, count: Callable[[Flags], Integers]
) -> Evaluated:
    counted = slice(courses.column(1), courses.column(rule.last_day) + 1)
    status = vital_status(courses, day=rule.last_day)
    worst, best = count(~is_free[:, counted]), count(is_burdened[:, counted])
    low = np.where(status.known & ~status.dead, worst, 0)
    high = np.where(status.dead, 0, best)
    return Evaluated(np.where(low == high, high, np.nan), low, high)


def _last_free_period(burdened: Flags) -> Integers:
    """Free days at the end, after the last burdened one."""
    free: Integers = np.where(burdened.any(axis=1), np.argmax(burdened[:, ::-1], axis=1), burdened.shape[1])
    return free


def _all_free(burdened: Flags) -> Integers:
    free: Integers = np.sum(~burdened, axis=1)
    return free
