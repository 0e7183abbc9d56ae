"""When planned infusions are due, how late they are at a time, and whether one was given in its days.

A window includes both ends. Days are calendar days in the trial's zone, day 0 = day of randomisation.
Source of every day and tolerance: the protocol.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum

from partial_dates import PartialMoment, WindowMembership, in_window, parse_partial, study_day
from trials.rules.protocol import InfusionPlan, PlannedDose

SOON = timedelta(hours=24)
"""An infusion is announced on the day before its window opens (our own choice, a matter of display)."""
LAPSE = timedelta(days=7)
"""An infusion not given a week after its window closed is not listed any more (our own choice, of display)."""


class PlannedState(StrEnum):
    """The state of a planned infusion at a time."""

    LATER = "later"
    SOON = "soon"
    DUE = "due"
    OVERDUE = "overdue"
    LAPSED = "lapsed"
    DONE = "done"


@dataclass(frozen=True)
class TimeWindow:
    """From `opens_at` to `closes_at`, both included, aware UTC; `target_at` is the start of the planned day."""

    opens_at: datetime
    target_at: datetime
    closes_at: datetime


@dataclass(frozen=True)
class PlannedInfusion:
    """Infusion `number`, planned on study day `day`."""

    number: int
    day: int
    window: TimeWindow


def planned_infusions(plan: InfusionPlan, day0: date, zone: str | tzinfo) -> tuple[PlannedInfusion, ...]:
    """The windows of all planned infusions of a participant randomised on `day0`."""
    return tuple(PlannedInfusion(dose.number, dose.day, _window(dose, day0, zone)) for dose in plan.doses)


def state_at(window: TimeWindow, at: datetime) -> PlannedState:
    """The state of an infusion not yet recorded: later, soon, due (its window is open), overdue, or lapsed."""
    if at >= window.closes_at + LAPSE:
        return PlannedState.LAPSED
    if at > window.closes_at:
        return PlannedState.OVERDUE
    if at >= window.opens_at:
        return PlannedState.DUE
    return PlannedState.SOON if at >= window.opens_at - SOON else PlannedState.LATER


def timing_of_dose(
    plan: InfusionPlan, number: int, *, day0: date, moment: PartialMoment, zone: str | tzinfo
) -> WindowMembership | None:
    """Whether infusion `number` was given in its planned days; None when the protocol plans no such infusion."""
    dose = next((dose for dose in plan.doses if dose.number == number), None)
    if dose is None:
        return None
    first, last = dose.day - dose.tolerance_days, dose.day + dose.tolerance_days
    return in_window(study_day(day0, moment, zone), first, last)


def _window(dose: PlannedDose, day0: date, zone: str | tzinfo) -> TimeWindow:
    """Whole calendar days: from the start of the first to the last instant of the last."""
    first, target, last = (
        parse_partial((day0 + timedelta(days=dose.day + shift)).isoformat(), zone)
        for shift in (-dose.tolerance_days, 0, dose.tolerance_days)
    )
    return TimeWindow(first.earliest, target.earliest, last.latest)
