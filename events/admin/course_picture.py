"""The small timeline of an event: its grades as steps over days. What is not certain is dashed and marked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from events.rules.course import GradeStep

LEFT, RIGHT, TOP, ROW = 62, 640, 12, 24
GRADES = 5
WIDTH, HEIGHT = 660, TOP + GRADES * ROW + 26
MOST_TICKS = 8


@dataclass(frozen=True)
class Stretch:
    """A line at a grade from one place to another.

    `is_certain` draws it through, else it is dashed with a mark.
    """

    x1: float
    x2: float
    y: float
    middle: float
    is_certain: bool


@dataclass(frozen=True)
class AxisLabel:
    """A place on an axis and its words."""

    at: float
    label: str


@dataclass(frozen=True)
class CoursePicture:
    """The drawing in SVG units: lines of the grades, stretches, vertical steps, days."""

    width: int
    height: int
    left: int
    right: int
    bottom: int
    grades: tuple[AxisLabel, ...]
    stretches: tuple[Stretch, ...]
    rises: tuple[tuple[float, float, float], ...]
    days: tuple[AxisLabel, ...]


def draw_event_course(steps: Sequence[GradeStep], label: str = "{}") -> CoursePicture | None:
    """The timeline, from the first day to the last; None without a grade whose days have bounds.

    `label` words a grade.
    """
    if not steps or any(None in (*step.begins, *step.ends) for step in steps):
        return None
    first, last = _day(steps[0].begins[0]), _day(steps[-1].ends[1])
    scale = _Axis(first, max(last, first + timedelta(days=1)))
    stretches = [line for step in steps for line in _lines(step, scale)]
    rises = [
        (scale.at(_day(after.begins[1])), _level(step.grade), _level(after.grade))
        for step, after in pairwise(steps)
    ]
    return CoursePicture(
        WIDTH,
        HEIGHT,
        LEFT,
        RIGHT,
        TOP + GRADES * ROW,
        tuple(AxisLabel(_level(grade), label.format(grade)) for grade in range(1, GRADES + 1)),
        tuple(stretches),
        tuple(rises),
        tuple(scale.ticks()),
    )


def _day(value: date | None) -> date:
    assert value is not None
    return value


def _level(grade: int) -> float:
    return TOP + (GRADES - grade) * ROW + ROW / 2


def _lines(step: GradeStep, scale: "_Axis") -> list[Stretch]:
    """The certain part from the latest begin to the earliest end, and what may belong to it before and behind."""
    begin, end = (
        (scale.at(_day(step.begins[0])), scale.at(_day(step.begins[1]))),
        (
            scale.at(_day(step.ends[0])),
            scale.at(_day(step.ends[1])),
        ),
    )
    if begin[1] > end[0]:
        return [_stretch(step, begin[0], end[1], is_certain=False)]
    parts = [
        (begin[0], begin[1], False),
        (begin[1], end[0], True),
        (end[0], end[1], False),
    ]
    return [_stretch(step, x1, x2, is_certain=sure) for x1, x2, sure in parts if sure or x1 != x2]


def _stretch(step: GradeStep, x1: float, x2: float, *, is_certain: bool) -> Stretch:
    return Stretch(x1, x2, _level(step.grade), round((x1 + x2) / 2, 1), is_certain)


@dataclass(frozen=True)
class _Axis:
    """Days from left to right."""

    first: date
    last: date

    def at(self, day: date) -> float:
        return round(LEFT + (RIGHT - LEFT) * (day - self.first).days / (self.last - self.first).days, 1)

    def ticks(self) -> list[AxisLabel]:
        days = (self.last - self.first).days
        step = -(-days // MOST_TICKS)
        return [
            AxisLabel(self.at(day), f"{day:%d.%m.}")
            for day in (self.first + timedelta(days=count) for count in range(0, days + 1, step))
        ]
