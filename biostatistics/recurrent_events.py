"""The mean number of events per participant by each time, when participants may have many and may die.

Ghosh D, Lin DY. Biometrics 2000;56:554-562: after death there is no further event, and participants who
died remain in the denominator; the variance is robust to correlation of the events of one participant. Without
deaths it is Nelson's mean
cumulative function (Nelson W. Technometrics 1995;37:147-157) with the variance of Lawless JF, Nadeau C. Technometrics
1995;37:158-168.

Ties: events at a time, also at the time of death or of the end of observation, happen to people who are at risk at
it. Nothing is jittered. All counts here are of events; `participants` is the participant of each event.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from biostatistics.proportions import CONFIDENCE_LEVEL, Floats
from biostatistics.survival import Curve, Flags, Integers, refuse_impossible_times


@dataclass(frozen=True)
class _Grid:
    """All distinct times of an event or of an end of observation, with the events and the participants at each.

    `end` is the index of each participant's end among the times; `who` and `place` are participant and time index of
    each event, sorted by participant and time.
    """

    times: Floats
    at_risk: Floats
    events: Integers
    deaths: Integers
    end: Integers
    has_died: Flags
    who: Integers
    place: Integers


@dataclass(frozen=True)
class _Common:
    """Terms common to all participants at risk, by time: the weight of an event, of a death, and running sums."""

    weight: Floats
    death_weight: Floats
    mean: Floats
    events_expected: Floats
    deaths_expected: Floats
    deaths_expected_by_mean: Floats


def mean_cumulative_function(
    end_times: Floats,
    has_died: Flags,
    event_participants: Integers,
    event_times: Floats,
    *,
    level: float = CONFIDENCE_LEVEL,
) -> Curve:
    """The mean number of events per participant by each time of an event, per participant under observation.

    `end_times` and `has_died` have one entry per participant (observation ends with the death or otherwise),
    the other two one per event: the participant's position and the time. Limits are on the log scale, so that
    they stay positive (Nelson 1995). Raises ValueError as `kaplan_meier`, and for an event after the end of its
    participant's observation.
    """
    refuse_impossible_times(end_times, has_died)
    _refuse_impossible_events(end_times, event_participants, event_times)
    grid = _grid(end_times, has_died, event_participants, event_times)
    common = _common(grid)
    variance = _robust_variance(grid, common)
    kept = grid.events > 0
    estimate, standard_error = common.mean[kept], np.sqrt(variance[kept])
    low, high = _log_limits(estimate, standard_error, level)
    at_risk = grid.at_risk[kept].astype(np.int64)
    return Curve(
        grid.times[kept], at_risk, grid.events[kept], estimate, standard_error, low, high, level, 0.0
    )


def _grid(end_times: Floats, has_died: Flags, who: Integers, when: Floats) -> _Grid:
    times = np.sort(pd.unique(np.concatenate([end_times, when])))
    size, end, place = len(times), np.searchsorted(times, end_times), np.searchsorted(times, when)
    leaving = np.bincount(end, minlength=size)
    if not _is_sorted(who, place, size):
        order = np.lexsort((place, who))
        who, place = who[order], place[order]
    return _Grid(
        times=times,
        at_risk=leaving[::-1].cumsum()[::-1].astype(float),
        events=np.bincount(place, minlength=size),
        deaths=np.bincount(end[has_died], minlength=size),
        end=end,
        has_died=has_died,
        who=who,
        place=place,
    )


def _is_sorted(who: Integers, place: Integers, size: int) -> bool:
    key = who * size + place
    return bool((key[1:] >= key[:-1]).all())


def _common(grid: _Grid) -> _Common:
    hazard = grid.deaths / grid.at_risk
    alive_before = np.concatenate([[1.0], np.cumprod(1 - hazard)[:-1]])
    weight = alive_before / grid.at_risk
    mean = np.cumsum(weight * grid.events)
    still = hazard < 1
    death_weight = np.where(still, 1 / (grid.at_risk * np.where(still, 1 - hazard, 1.0)), 0.0)
    expected_deaths = death_weight * hazard
    return _Common(
        weight=weight,
        death_weight=death_weight,
        mean=mean,
        events_expected=np.cumsum(weight * grid.events / grid.at_risk),
        deaths_expected=np.cumsum(expected_deaths),
        deaths_expected_by_mean=np.cumsum(mean * expected_deaths),
    )


def _robust_variance(grid: _Grid, common: _Common) -> Floats:
    """At each time the sum of squares of the participants' influences on the mean.

    An influence is E - a - mean·(D - b) + (F - c): the weighted events E minus what was expected of all participants at
    risk (a), and the same of the deaths, which lower every later mean. While a participant is at risk D and F are 0 and
    a, b, c are common to all; from the end on all are fixed and only the mean moves.
    """
    weights = common.weight[grid.place]
    own: Floats = np.zeros(len(grid.end)) + np.bincount(grid.who, weights, minlength=len(grid.end))
    running = _sums_at_risk(grid, common, own, weights)
    return np.maximum(running + _sums_after_the_end(grid, common, own), 0.0)


def _sums_at_risk(grid: _Grid, common: _Common, own: Floats, weights: Floats) -> Floats:
    """Participants whose observation continues after each time: squares of own events plus the common terms."""
    size = len(grid.times)
    growth = np.bincount(
        grid.place, weights * (weights + 2 * _sums_before(weights, grid.who)), minlength=size
    )
    squares = np.cumsum(growth - np.bincount(grid.end, own**2, minlength=size))
    sums = np.cumsum(common.weight * grid.events - np.bincount(grid.end, own, minlength=size))
    people = grid.at_risk - np.bincount(grid.end, minlength=size)
    shared = common.mean * common.deaths_expected - common.deaths_expected_by_mean - common.events_expected
    return squares + 2 * shared * sums + people * shared**2


def _sums_after_the_end(grid: _Grid, common: _Common, own: Floats) -> Floats:
    """Participants whose observation has ended: a quadratic in the mean; its three coefficients are summed."""
    size, end = len(grid.times), grid.end
    died = np.where(grid.has_died, common.death_weight[end], 0.0)
    slope = died - common.deaths_expected[end]
    fixed = own - common.events_expected[end] + died * common.mean[end] - common.deaths_expected_by_mean[end]
    constant, linear, square = (
        np.cumsum(np.bincount(end, values, minlength=size)) for values in (fixed**2, fixed * slope, slope**2)
    )
    return constant - 2 * common.mean * linear + common.mean**2 * square


def _sums_before(values: Floats, groups: Integers) -> Floats:
    """Within each group (adjacent), the sum of the values before each one."""
    if len(groups) == 0:
        return values
    running = np.cumsum(values) - values
    is_first = np.concatenate([[True], groups[1:] != groups[:-1]])
    before: Floats = running - running[is_first][np.cumsum(is_first) - 1]
    return before


def _log_limits(estimate: Floats, standard_error: Floats, level: float) -> tuple[Floats, Floats]:
    z = float(stats.norm.ppf(0.5 + level / 2))
    factor = np.exp(z * standard_error / estimate)
    return estimate / factor, estimate * factor


def _refuse_impossible_events(end_times: Floats, who: Integers, when: Floats) -> None:
    if len(who) != len(when):
        raise ValueError("event_times: one per event.")
    if not ((when >= 0) & (when <= end_times[who])).all():
        raise ValueError("event_times: every event lies between the start and the end of observation.")
