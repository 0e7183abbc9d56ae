"""The maturity of the data: participants followed to the end of each window, and the number of observed days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from reports.frames import Frames
from reports.tables.event_windows import NO_DAY, study_days
from reports.tables.layout import Table, measure_key
from reports.tables.plan import TablePlan
from reports.tables.population import Flags, Integers, Population, flags, population_of

MEASURES = {
    "complete_to": "Followed to the end of the day, or died, withdrew or completed by then",
    "ended_before": "of these, died, withdrew or completed before the day",
    "waiting_for": "Not yet followed to the end of the day",
    "follow_up_days": "Follow-up, person-days",
}
NEVER = np.iinfo(np.int64).max


def maturity(frames: Frames, plan: TablePlan) -> dict[str, Any]:
    """Per last day of a window: enrolled participants with complete follow-up, and those without."""
    population = population_of(frames, plan)
    table = Table("maturity", "Maturity of the data", "enrolled", measures=dict(MEASURES))
    cutoff = plan.data_cutoff_at
    if cutoff is None:
        table.notes.append("Without a data cut-off nothing can be said about follow-up.")
        return table.as_dict()
    followed = _followed(frames, plan, pd.Timestamp(cutoff))
    table.note_if(
        int((population.enrolled & ~followed.is_known).sum()),
        "For {n} enrolled participants without a day of randomisation or a known end follow-up is not known: "
        "they are waited for.",
    )
    for day in last_days(plan):
        _fill(table, day, followed, population)
    _notes(table, plan)
    return table.as_dict()


@dataclass(frozen=True)
class _Followed:
    """Per participant: the study day at the cut-off, and the day on which follow-up ended (NEVER: it continues)."""

    today: Integers
    ended: Integers
    is_known: Flags

    def days_to(self, day: int) -> Integers:
        """Days observed from day 0 up to the given day; 0 where not known."""
        observed = np.minimum(np.minimum(self.today, self.ended), day)
        return np.where(self.is_known, np.maximum(observed, 0), 0)


def last_days(plan: TablePlan) -> tuple[int, ...]:
    """The last day of every window in days that has one."""
    return tuple(w.last_day for w in plan.protocol.event_windows if w.last_day is not None)


def _followed(frames: Frames, plan: TablePlan, cutoff: pd.Timestamp) -> _Followed:
    people = frames.participants
    day0 = people["day0"]
    today = _days_between(day0, pd.Series(cutoff, index=people.index), plan)
    died = study_days(people["death_day"])
    undated = flags(people["died"]) & (died == NO_DAY)
    left = [_days_between(day0, people[name], plan) for name in ("withdrawn_at", "completed_at")]
    ended = np.minimum.reduce([np.where(days == NO_DAY, NEVER, days) for days in (died, *left)])
    return _Followed(today, ended, (today != NO_DAY) & ~(undated & (ended == NEVER)))


def _days_between(day0: pd.Series, moments: pd.Series, plan: TablePlan) -> Integers:
    """Whole calendar days in the trial's zone."""
    local = moments.dt.tz_convert(plan.protocol.timezone).dt.tz_localize(None).dt.normalize()
    days = (local - day0).dt.days
    between: Integers = days.fillna(0).to_numpy(dtype=np.int64) + np.where(days.isna(), NO_DAY, 0)
    return between


def _fill(table: Table, day: int, followed: _Followed, population: Population) -> None:
    """A day that is not over at the cut-off is not complete: later events of that day belong to the window."""
    enrolled = population.enrolled
    has_ended = followed.is_known & (followed.ended <= followed.today)
    ended = has_ended & (followed.ended < day)
    complete = (has_ended & (followed.ended <= day)) | (followed.is_known & (followed.today > day))
    below = population.count(enrolled)
    for measure, chosen in (("complete_to", complete), ("ended_before", ended), ("waiting_for", ~complete)):
        key = measure_key(measure, level=f"D{day}")
        table.count(key, population.count(chosen & enrolled), below, population)
    days = followed.days_to(day)
    sums = np.bincount(
        population.arm_index[enrolled], weights=days[enrolled], minlength=len(population.arms) + 1
    )
    sums[-1] = days[enrolled].sum()
    table.count(measure_key("follow_up_days", level=f"to D{day}"), sums.astype(np.int64), None, population)


def _notes(table: Table, plan: TablePlan) -> None:
    if not last_days(plan):
        table.notes.append("The protocol's windows have no last day: nobody can be followed to it.")
    table.notes.append(
        "Days are counted from day 0 to the earliest of death, withdrawal, completion, the data cut-off and the day named. "
        "Followed is by the calendar, once the day is over at the cut-off: whether a visit took place is not asked."
    )
