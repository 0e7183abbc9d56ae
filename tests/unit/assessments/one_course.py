"""One participant's course, and its rules computed day by day, for comparison with the rules on whole tables."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from assessments.rules import NOT_RECORDED, SOFA_ORGANS, Courses, ValueOrigin
from trials.rules.protocol import FreeDays, Imputation

SUPPORTS = ("high_flow", "invasive", "none", "non_invasive", "oxygen")


@dataclass(frozen=True)
class DayOfCourse:
    """One assessed day: kind of support ("" not recorded), SOFA points by organ, whether in intensive care then."""

    ventilation: str = ""
    sofa: Mapping[str, int | None] = field(default_factory=dict)
    in_icu: bool | None = None


@dataclass(frozen=True)
class Course:
    """One participant: ratios (value, whether the source gave only it) and assessed days by study day, and the dates."""

    measured: Mapping[int, tuple[float, bool]] = field(default_factory=dict)
    days: Mapping[int, DayOfCourse] = field(default_factory=dict)
    improved_days: frozenset[int] = frozenset()
    death_day: int | None = None
    last_alive_day: int | None = None
    left_day: int | None = None

    def is_away(self, day: int) -> bool:
        """Out of intensive care by that day and not known to be back in it since."""
        left = self.left_day
        if left is None or day < left:
            return False
        return not any(left < back <= day and self.days[back].in_icu for back in self.days)


def filled_on(course: Course, day: int, rule: Imputation) -> tuple[float | None, str]:
    """Measured first, then death, then improvement; everything else stays missing."""
    if day in course.measured:
        value, is_given = course.measured[day]
        return value, str(ValueOrigin.GIVEN if is_given else ValueOrigin.MEASURED)
    if course.death_day is not None and day >= course.death_day:
        return float(rule.death_value), str(ValueOrigin.DEATH)
    before = [earlier for earlier in course.measured if earlier < day]
    if before and (day in course.improved_days or course.is_away(day)):
        return course.measured[max(before)][0] * float(rule.improved_factor), str(ValueOrigin.IMPROVED)
    return None, str(ValueOrigin.MISSING)


def status_on(course: Course, day: int) -> str:
    if course.death_day is not None:
        return "dead" if course.death_day <= day else "alive"
    is_seen = course.last_alive_day is not None and course.last_alive_day >= day
    return "alive" if is_seen else "unknown"


def free_days(
    course: Course,
    rule: FreeDays,
    burden: Callable[[Course, int, FreeDays], bool | None],
    is_last_period: bool,
) -> tuple[int | None, int, int]:
    """The value, the lowest and the highest."""
    burdened = [burden(course, day, rule) for day in range(1, rule.last_day + 1)]
    status = status_on(course, rule.last_day)
    if status == "dead":
        return 0, 0, 0
    worst = _free([day is not False for day in burdened], is_last_period)
    best = _free([day is True for day in burdened], is_last_period)
    low = 0 if status == "unknown" else worst
    return best if low == best else None, low, best


def is_ventilated(course: Course, day: int, rule: FreeDays) -> bool | None:
    known = course.days.get(day)
    if known is not None and known.ventilation:
        return known.ventilation in rule.ventilated_by
    return False if course.is_away(day) else None


def has_failure(course: Course, day: int, rule: FreeDays) -> bool | None:
    """Yes as soon as one organ fails; no only when every organ is recorded and none does."""
    points = [course.days[day].sofa.get(organ) for organ in rule.organs] if day in course.days else [None]
    if any(point is not None and point >= rule.organ_failure_from for point in points):
        return True
    if all(point is not None for point in points):
        return False
    return False if course.is_away(day) else None


def _free(burdened: Sequence[bool], is_last_period: bool) -> int:
    if not is_last_period:
        return sum(not each for each in burdened)
    return next((n for n, each in enumerate(reversed(burdened)) if each), len(burdened))


def table_of(courses: Sequence[Course], *, last_day: int = 28) -> Courses:
    """The courses as the rules on many take them, from day 0 on."""
    shape = (len(courses), last_day + 1)
    places = [
        (n, day, known) for n, one in enumerate(courses) for day, known in one.days.items() if day <= last_day
    ]
    table = Courses(
        first_day=0,
        supports=SUPPORTS,
        is_assessed=np.zeros(shape, dtype=bool),
        ratios=np.full(shape, np.nan),
        is_given=np.zeros(shape, dtype=bool),
        ventilation=np.full(shape, NOT_RECORDED),
        sofa={organ: np.full(shape, NOT_RECORDED) for organ in SOFA_ORGANS},
        sofa_total=np.full(shape, np.nan),
        in_icu=np.zeros(shape, dtype=bool),
        is_improved=np.zeros(shape, dtype=bool),
        death_day=_numbers([one.death_day for one in courses]),
        earliest_death_day=_numbers([one.death_day for one in courses]),
        latest_death_day=_numbers([one.death_day for one in courses]),
        last_alive_day=_numbers([one.last_alive_day for one in courses]),
        left_day=_numbers([one.left_day for one in courses]),
        cutoff_day=_numbers([None] * len(courses)),
    )
    for n, day, known in places:
        table.is_assessed[n, day] = True
        table.in_icu[n, day] = known.in_icu is True
        table.ventilation[n, day] = SUPPORTS.index(known.ventilation) if known.ventilation else NOT_RECORDED
        for organ, points in known.sofa.items():
            table.sofa[organ][n, day] = NOT_RECORDED if points is None else points
    for n, one in enumerate(courses):
        for day, (value, is_given) in one.measured.items():
            table.ratios[n, day], table.is_given[n, day] = value, is_given
        table.is_improved[n, sorted(one.improved_days)] = True
    return table


def _numbers(values: Sequence[int | None]) -> np.ndarray:
    return np.array([np.nan if one is None else one for one in values], dtype=float)
