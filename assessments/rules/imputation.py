"""The imputed value of a PaO2/FiO2 ratio that was not measured, with the rule beside every value.

The numbers are the protocol's (`[outcomes.imputation]`); for STROMA-CoV-2 those of Monsel A et al., Crit Care
2022;26:48: 50 mmHg from the day of death on, the last value plus 10 % after improvement and discharge. Nothing else is
imputed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from assessments.rules.courses import Courses, Flags, Floats, Integers
from trials.rules.protocol import Imputation


class ValueOrigin(StrEnum):
    """The origin of a value of the course; `missing` has none."""

    MEASURED = "measured"
    GIVEN = "given"
    DEATH = "death"
    IMPROVED = "improved"
    MISSING = "missing"


ORIGINS = tuple(ValueOrigin)
"""In order of priority: `filled_courses` chooses by it."""


@dataclass(frozen=True)
class Filled:
    """Ratios (mmHg, NaN when missing) and their origins (indices in `ORIGINS`), by participant and day of `days`."""

    days: tuple[int, ...]
    values: Floats
    origins: Integers

    def on(self, day: int) -> Floats:
        """The ratios of all participants on that day."""
        return self.values[:, self.days.index(day)]

    def comes_from(self, day: int, *origins: ValueOrigin) -> Flags:
        """The participants whose ratio on that day has one of these origins."""
        return np.isin(self.origins[:, self.days.index(day)], [ORIGINS.index(origin) for origin in origins])


def filled_courses(courses: Courses, *, days: Sequence[int], rule: Imputation) -> Filled:
    """The ratios on `days`: measured first, then death, then improvement; everything else stays missing."""
    is_measured = ~np.isnan(courses.ratios)
    is_dead = courses.days >= courses.death_day[:, np.newaxis]
    last = _last_before(courses.ratios, is_measured)
    is_improved = (courses.is_improved | courses.is_away) & ~np.isnan(last)
    which = [is_measured & ~courses.is_given, is_measured, is_dead, is_improved]
    origins = np.select(which, range(len(which)), default=ORIGINS.index(ValueOrigin.MISSING))
    after_death = np.full_like(courses.ratios, float(rule.death_value))
    stand_ins = [courses.ratios, courses.ratios, after_death, last * float(rule.improved_factor)]
    values = np.select(which, stand_ins, default=np.nan)
    chosen = [courses.column(day) for day in days]
    return Filled(tuple(days), values[:, chosen], origins[:, chosen])


def _last_before(ratios: Floats, is_measured: Flags) -> Floats:
    """The last value measured on an earlier day, NaN where there is none."""
    places = np.where(is_measured, np.arange(ratios.shape[1]), -1)
    latest = np.maximum.accumulate(places, axis=1)
    found = np.where(latest >= 0, np.take_along_axis(ratios, np.maximum(latest, 0), axis=1), np.nan)
    return np.concatenate([np.full((len(ratios), 1), np.nan), found[:, :-1]], axis=1)
