"""Each participant's course in intensive care, gathered from the frames."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dsmb.frames import Frames
from dsmb.rules.proportions import Floats
from dsmb.tables.listing import listed
from dsmb.tables.population import Flags, Integers, Population
from trials.choices import Place
from trials.rules.assessments import SOFA_ORGANS, AliveUntil, CourseFacts, DayOfCourse

ASSESSED = (
    "study_day", "pf_ratio", "pf_is_given", "ventilation", "sofa_total", "vasopressor", "place", "no_sample_improved",
    *(f"sofa_{organ}" for organ in SOFA_ORGANS),
)  # fmt: skip
FOLLOWED = ("last_alive_day", "death_day", "died", "cutoff_day", "left_icu_day")
NOBODY = AliveUntil(has_died=False, death_day=None, last_alive_day=None)


@dataclass
class Course:
    """What is known of one participant, by study day. `cutoff_day` None: every day counts as over."""

    ratios: dict[int, tuple[float, bool]] = field(default_factory=dict)
    days: dict[int, DayOfCourse] = field(default_factory=dict)
    sofa: dict[int, int] = field(default_factory=dict)
    vasopressor: dict[int, bool] = field(default_factory=dict)
    improved: set[int] = field(default_factory=set)
    life: AliveUntil = NOBODY
    left_day: int | None = None
    cutoff_day: int | None = None

    def is_over(self, day: int) -> bool:
        """Whether that day had ended at the data cut-off."""
        return self.cutoff_day is None or self.cutoff_day > day

    def oxygenation(self) -> CourseFacts:
        """The ratios as the imputation reads them."""
        back = frozenset(day for day, known in self.days.items() if known.in_icu)
        return CourseFacts(
            measured=self.ratios,
            death_day=self.life.death_day,
            left_day=self.left_day,
            back_days=back,
            improved_days=frozenset(self.improved),
        )


UNKNOWN = Course()
"""Of somebody of whom no row speaks; never changed."""


@dataclass(frozen=True)
class Analysed:
    """The participants of an analysis: their positions, arms and courses, aligned."""

    positions: Integers
    arms: Integers
    courses: tuple[Course, ...]
    every: tuple[Course, ...]

    def over(self, day: int) -> Flags:
        """For whom that day is over."""
        return np.array([course.is_over(day) for course in self.courses], dtype=bool)


def courses_of(frames: Frames, population: Population) -> tuple[Course, ...]:
    """The course of every participant, in the order of the participants."""
    courses = [UNKNOWN] * len(population.participants)
    rows = listed(frames.daily_assessments, ASSESSED)
    for position, row in zip(population.positions(frames.daily_assessments).tolist(), rows, strict=True):
        _add_day(_own(courses, position), row)
    rows = listed(frames.follow_up, FOLLOWED)
    for position, row in zip(population.positions(frames.follow_up).tolist(), rows, strict=True):
        course = _own(courses, position)
        course.life = AliveUntil(bool(row["died"]), row["death_day"], row["last_alive_day"])
        course.left_day, course.cutoff_day = row["left_icu_day"], row["cutoff_day"]
    return tuple(courses)


def _own(courses: list[Course], position: int) -> Course:
    """The participant's own course; whoever has no row shares the empty one, as in a trial without assessments."""
    if courses[position] is UNKNOWN:
        courses[position] = Course()
    return courses[position]


def analysed_of(courses: Sequence[Course], population: Population, which: str) -> Analysed:
    """The treated or the enrolled with their courses."""
    chosen = population.treated if which == "treated" else population.enrolled
    positions = np.flatnonzero(chosen)
    arms = population.arm_index[positions]
    return Analysed(positions, arms, tuple(courses[place] for place in positions.tolist()), tuple(courses))


def values(found: Iterable[float | int | None]) -> Floats:
    """Numbers with NaN where there is none."""
    return np.array([np.nan if one is None else float(one) for one in found], dtype=float)


def _add_day(course: Course, row: dict[str, Any]) -> None:
    day = int(row["study_day"])
    points = {organ: row[f"sofa_{organ}"] for organ in SOFA_ORGANS}
    in_icu = None if row["place"] is None else row["place"] == Place.ICU
    course.days[day] = DayOfCourse(row["ventilation"] or "", points, in_icu)
    if row["pf_ratio"] is not None:
        course.ratios[day] = (float(row["pf_ratio"]), bool(row["pf_is_given"]))
    if row["sofa_total"] is not None:
        course.sofa[day] = int(row["sofa_total"])
    if row["vasopressor"] is not None:
        course.vasopressor[day] = bool(row["vasopressor"])
    if row["no_sample_improved"]:
        course.improved.add(day)
