"""The course of all participants in intensive care, as one table by participant and study day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from assessments.choices import Place
from assessments.rules import NOT_RECORDED, SOFA_ORGANS, Courses
from biostatistics.proportions import Floats
from reports.frames import Frames
from reports.tables.population import Flags, Integers, Population, flags
from trials.rules.protocol import OutcomePlan


@dataclass(frozen=True)
class Analysed:
    """The participants of an analysis: their positions, arms and courses, aligned; and the courses of all."""

    positions: Integers
    arms: Integers
    courses: Courses
    every: Courses

    def over(self, day: int) -> Flags:
        """The participants for whom that day is over."""
        return self.courses.over(day)


def analysed_of(courses: Courses, population: Population, which: str) -> Analysed:
    """The treated or the enrolled with their courses."""
    positions = np.flatnonzero(population.treated if which == "treated" else population.enrolled)
    return Analysed(positions, population.arm_index[positions], courses.taken(positions), courses)


def courses_of(frames: Frames, population: Population, plan: OutcomePlan) -> Courses:
    """The course of every participant, in the order of the participants, over all days of the plan.

    A later day makes no difference.
    """
    rows, followed = frames.daily_assessments, frames.follow_up
    days = rows["study_day"].to_numpy(dtype=np.int64)
    first = int(min(days.min(initial=0), *plan.course_days))
    last = max(*plan.course_days, plan.free_days.last_day)
    grid = _Grid(len(population.participants), first, last, population.positions(rows), days)
    places = population.positions(followed)

    def of_person(name: str) -> Floats:
        found = np.full(grid.people, np.nan)
        found[places] = _numbers(followed[name])
        return found

    return Courses(
        first_day=first,
        supports=tuple(rows["ventilation"].cat.categories),
        **_assessed(grid, rows),
        death_day=of_person("death_day"),
        earliest_death_day=of_person("earliest_death_day"),
        latest_death_day=of_person("latest_death_day"),
        last_alive_day=of_person("last_alive_day"),
        left_day=of_person("left_icu_day"),
        cutoff_day=of_person("cutoff_day"),
    )


@dataclass(frozen=True)
class _Grid:
    """A table by participant and study day, with the indices of the assessed days."""

    people: int
    first: int
    last: int
    positions: Integers
    days: Integers

    def table(self, values: npt.NDArray[Any], nothing: Any) -> npt.NDArray[Any]:
        """The values at their indices, `nothing` at all others."""
        inside = self.days <= self.last
        found = np.full((self.people, self.last - self.first + 1), nothing, dtype=values.dtype)
        found[self.positions[inside], self.days[inside] - self.first] = values[inside]
        return found


def _assessed(grid: _Grid, rows: pd.DataFrame) -> dict[str, Any]:
    points = {organ: rows[f"sofa_{organ}"] for organ in SOFA_ORGANS}
    return {
        "is_assessed": grid.table(np.ones(len(rows), dtype=bool), False),
        "ratios": grid.table(_numbers(rows["pf_ratio"]), np.nan),
        "is_given": grid.table(flags(rows["pf_is_given"]), False),
        "ventilation": grid.table(rows["ventilation"].cat.codes.to_numpy(dtype=np.int8), NOT_RECORDED),
        "sofa": {
            organ: grid.table(each.to_numpy(dtype=np.int8, na_value=NOT_RECORDED), NOT_RECORDED)
            for organ, each in points.items()
        },
        "sofa_total": grid.table(_numbers(rows["sofa_total"]), np.nan),
        "in_icu": grid.table((rows["place"] == Place.ICU).to_numpy(dtype=bool), False),
        "is_improved": grid.table(flags(rows["no_sample_improved"]), False),
    }


def _numbers(column: pd.Series) -> Floats:
    return column.to_numpy(dtype=float, na_value=np.nan)
