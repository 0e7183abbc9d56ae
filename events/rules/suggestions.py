"""Episodes of one abnormality among a participant's values of one term, and when an episode is proposed again.

Values that are abnormal one after the other are one episode, however far apart: only a value that can be graded and is not
abnormal ends it. A value that cannot be graded neither begins, ends nor interrupts one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class MeasuredGrades:
    """One value: its row (`key`), the earliest time of its sample, and its possible grades.

    `(0,)` is not abnormal, empty cannot be graded, several are possible grades.
    """

    key: str
    at: datetime
    grades: tuple[int, ...]

    @property
    def is_normal(self) -> bool:
        """Whether the value is graded and not abnormal."""
        return self.grades == (0,)

    @property
    def certain_grade(self) -> int:
        """The grade that the value has at least; 0 when it cannot be graded or is not abnormal."""
        return min(self.grades, default=0)


@dataclass(frozen=True)
class AbnormalEpisode:
    """Consecutive abnormal values: their keys, the first and last time, the worst value and its possible grades."""

    keys: tuple[str, ...]
    began_at: datetime
    last_at: datetime
    worst_key: str
    grades: tuple[int, ...]
    is_over: bool

    @property
    def grade(self) -> int:
        """The grade that the worst value has at least."""
        return min(self.grades)


def episodes_of(values: Iterable[MeasuredGrades]) -> tuple[AbnormalEpisode, ...]:
    """The episodes among the values of one term, in the order of time.

    Values of the same time are in the order of their keys.
    """
    found: list[AbnormalEpisode] = []
    running: list[MeasuredGrades] = []
    for value in sorted(values, key=lambda one: (one.at, one.key)):
        if value.is_normal and running:
            found.append(_episode(running, is_over=True))
            running = []
        elif value.certain_grade > 0:
            running.append(value)
    return (*found, _episode(running, is_over=False)) if running else tuple(found)


def _episode(values: list[MeasuredGrades], *, is_over: bool) -> AbnormalEpisode:
    worst = max(values, key=lambda one: (one.certain_grade, len(one.grades)))
    return AbnormalEpisode(
        tuple(one.key for one in values), values[0].at, values[-1].at, worst.key, worst.grades, is_over
    )


def is_asked(grade: int, answered_grade: int | None) -> bool:
    """Whether an episode is proposed: there is no answer yet, or it is worse than the answered one."""
    return answered_grade is None or grade > answered_grade
