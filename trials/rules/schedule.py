"""When planned things are due: infusions, haemodynamic checks, sera; and how late they are at a moment.

A window is closed at both ends. Days are calendar days in the trial's zone, day 0 = day of randomisation.
Source of every day, minute and tolerance: the protocol.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum

from trials.rules.dates import Membership, PartialMoment, in_window, parse_partial, study_day
from trials.rules.protocol import AntibodyPlan, HaemodynamicPlan, InfusionPlan, PlannedDose, PlannedSample

SOON_CHECK = timedelta(minutes=15)
"""A check is announced this long before its window opens: time to reach the bed (a matter of display, not clinical)."""
SOON_DAY = timedelta(hours=24)
"""An infusion or serum is announced on the day before its window opens (a matter of display, not clinical)."""


class PlannedState(StrEnum):
    """Where a planned thing stands at a moment."""

    LATER = "later"
    SOON = "soon"
    DUE = "due"
    OVERDUE = "overdue"
    LAPSED = "lapsed"
    DONE = "done"


@dataclass(frozen=True)
class TimeWindow:
    """From `opens_at` to `closes_at`, both included, aware UTC; `target_at` is the planned moment itself."""

    opens_at: datetime
    target_at: datetime
    closes_at: datetime

    def holds(self, at: datetime) -> bool:
        """Whether the moment is in time."""
        return self.opens_at <= at <= self.closes_at


@dataclass(frozen=True)
class PlannedInfusion:
    """Infusion `number`, planned on study day `day`."""

    number: int
    day: int
    window: TimeWindow


@dataclass(frozen=True)
class PlannedCheckTime:
    """The haemodynamic check that is planned `minutes` after the infusion's anchor."""

    minutes: int
    window: TimeWindow


@dataclass(frozen=True)
class PlannedSerum:
    """A serum planned on study day `day`."""

    day: int
    label: str
    window: TimeWindow


@dataclass(frozen=True)
class CheckMatch:
    """A planned check and the moment at which it was done, or None."""

    planned: PlannedCheckTime
    done_at: datetime | None


def planned_infusions(plan: InfusionPlan, day0: date, zone: str | tzinfo) -> tuple[PlannedInfusion, ...]:
    """The windows of all planned infusions of a participant randomised on `day0`."""
    return tuple(
        PlannedInfusion(dose.number, dose.day, _days(day0, dose.day, _tolerance(dose), zone))
        for dose in plan.doses
    )


def planned_checks(
    plan: HaemodynamicPlan, *, started_at: datetime, ended_at: datetime | None
) -> tuple[PlannedCheckTime, ...]:
    """The windows of all checks of one infusion; none while the protocol's anchor has not happened."""
    anchor = started_at if plan.anchor == "infusion_start" else ended_at
    if anchor is None:
        return ()
    return tuple(
        PlannedCheckTime(check.minutes, _around(anchor, check.minutes, check.tolerance_minutes))
        for check in plan.checks
    )


def planned_sera(plan: AntibodyPlan, day0: date, zone: str | tzinfo) -> tuple[PlannedSerum, ...]:
    """The windows of all planned sera of a participant randomised on `day0`."""
    return tuple(
        PlannedSerum(sample.day, sample.label, _days(day0, sample.day, _allowance(sample), zone))
        for sample in plan.sampling
    )


def match_checks(planned: Sequence[PlannedCheckTime], taken: Iterable[datetime]) -> tuple[CheckMatch, ...]:
    """Give each planned check the nearest reading in its window; a reading serves one check only.

    Planned checks choose in the order of time; of two equally near readings the earlier one is taken.
    """
    free = sorted(taken)
    matches = []
    for check in planned:
        inside = [at for at in free if check.window.holds(at)]
        nearest = min(inside, key=lambda at: abs(at - check.window.target_at), default=None)
        if nearest is not None:
            free.remove(nearest)
        matches.append(CheckMatch(check, nearest))
    return tuple(matches)


def state_at(
    window: TimeWindow, at: datetime, *, soon: timedelta, lapses_at: datetime | None
) -> PlannedState:
    """Where something not yet done stands: later, soon, due (its window is open), overdue, or lapsed.

    Lapsed = at or after `lapses_at`, when doing it would no longer serve; None = it never lapses.
    """
    if lapses_at is not None and at >= lapses_at:
        return PlannedState.LAPSED
    if at > window.closes_at:
        return PlannedState.OVERDUE
    if at >= window.opens_at:
        return PlannedState.DUE
    return PlannedState.SOON if at >= window.opens_at - soon else PlannedState.LATER


def timing_of_dose(
    plan: InfusionPlan, number: int, *, day0: date, moment: PartialMoment, zone: str | tzinfo
) -> Membership | None:
    """Whether infusion `number` was given in its planned days; None when the protocol plans no such infusion."""
    dose = next((dose for dose in plan.doses if dose.number == number), None)
    if dose is None:
        return None
    first, last = dose.day - dose.tolerance_days, dose.day + dose.tolerance_days
    return in_window(study_day(day0, moment, zone), first, last)


def _tolerance(dose: PlannedDose) -> tuple[int, int]:
    return dose.tolerance_days, dose.tolerance_days


def _allowance(sample: PlannedSample) -> tuple[int, int]:
    return sample.before_days, sample.after_days


def _around(anchor: datetime, minutes: int, tolerance: int) -> TimeWindow:
    target = anchor + timedelta(minutes=minutes)
    return TimeWindow(target - timedelta(minutes=tolerance), target, target + timedelta(minutes=tolerance))


def _days(day0: date, day: int, allowance: tuple[int, int], zone: str | tzinfo) -> TimeWindow:
    """Whole calendar days: from the start of the first to the last moment of the last."""
    before, after = allowance
    first, target, last = (
        parse_partial((day0 + timedelta(days=day + shift)).isoformat(), zone) for shift in (-before, 0, after)
    )
    return TimeWindow(first.earliest, target.earliest, last.latest)
