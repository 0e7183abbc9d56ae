"""Many participants' courses in intensive care: one row for each participant, one column for each study day."""

from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.integer]
Flags = npt.NDArray[np.bool_]

NOT_RECORDED = -1
"""In place of a code or of points."""


@dataclass(frozen=True, kw_only=True)
class Courses:
    """The known facts of each participant by study day; the first column of every table is `first_day`.

    `ratios` are PaO2/FiO2 in mmHg, NaN where none is recorded, `is_given` where the source gave only the ratio.
    `ventilation` are indices in `supports`, `sofa` points by organ; both `NOT_RECORDED` where nothing is. `in_icu`:
    assessed in intensive care; `is_improved`: no sample was taken because of improvement. One number for each
    participant, NaN where there is none: `death_day` certainly known, `earliest_death_day` and `latest_death_day` the
    first and the last one possible, `last_alive_day` seen alive, `left_day` the first out of intensive care alive,
    `cutoff_day` that of the data cut-off.
    """

    first_day: int
    supports: tuple[str, ...]
    is_assessed: Flags
    ratios: Floats
    is_given: Flags
    ventilation: Integers
    sofa: dict[str, Integers]
    sofa_total: Floats
    in_icu: Flags
    is_improved: Flags
    death_day: Floats
    earliest_death_day: Floats
    latest_death_day: Floats
    last_alive_day: Floats
    left_day: Floats
    cutoff_day: Floats

    def __len__(self) -> int:
        return len(self.death_day)

    @property
    def days(self) -> Integers:
        """The study day of each column."""
        return self.first_day + np.arange(self.ratios.shape[1])

    def column(self, day: int) -> int:
        """The column of a study day; IndexError for a day without a column."""
        if not self.first_day <= day < self.first_day + self.ratios.shape[1]:
            raise IndexError(f"study day {day}: the courses have no such day.")
        return day - self.first_day

    def over(self, day: int) -> Flags:
        """The participants for whom that day had ended at the data cut-off; without one, all."""
        return np.isnan(self.cutoff_day) | (self.cutoff_day > day)

    @cached_property
    def is_away(self) -> Flags:
        """Outside intensive care by that day and not known to be back since, by participant and day."""
        left = self.left_day[:, np.newaxis]
        is_back = np.logical_or.accumulate(self.in_icu & (self.days > left), axis=1)
        return (self.days >= left) & ~is_back

    def taken(self, places: Integers) -> "Courses":
        """The courses of some participants."""
        own = {field.name: getattr(self, field.name) for field in fields(self)}
        tables: Any = {name: value[places] for name, value in own.items() if isinstance(value, np.ndarray)}
        return replace(self, sofa={organ: points[places] for organ, points in self.sofa.items()}, **tables)
