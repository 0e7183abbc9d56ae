"""Time to an event that ends observation: Kaplan-Meier's curve and the log-rank test.

Kaplan EL, Meier P. J Am Stat Assoc 1958;53:457-481. Variance: Greenwood M, 1926. Limits: on the log(-log) scale
(Kalbfleisch JD, Prentice RL. The statistical analysis of failure time data, 1980), so that they stay within 0 and
1. Log-rank: Mantel N. Cancer Chemother Rep 1966;50:163-170, with the hypergeometric variance.

Ties: a participant who is censored at a time is still at risk at that time. No time is jittered.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from biostatistics.proportions import CONFIDENCE_LEVEL, Floats
from biostatistics.small_samples import permutation_p_value

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Curve:
    """A step function of time, one entry per time at which it may step; aligned arrays.

    `at_risk` is the number under observation just before the time, `events` the participants with the event at it,
    `estimate` the value from that time on. Limits are NaN where the data give none.
    """

    times: Floats
    at_risk: Integers
    events: Integers
    estimate: Floats
    standard_error: Floats
    low: Floats
    high: Floats
    level: float
    start: float

    def at(self, time: float) -> tuple[float, float, float]:
        """The estimate with its limits at a time; before the first step the start value, without limits."""
        place = int(np.searchsorted(self.times, time, side="right")) - 1
        if place < 0:
            return self.start, float("nan"), float("nan")
        return float(self.estimate[place]), float(self.low[place]), float(self.high[place])


@dataclass(frozen=True)
class LogRank:
    """The log-rank test: chi-square with groups - 1 degrees of freedom.

    Observed and expected events per group.
    """

    statistic: float
    degrees_of_freedom: int
    p_value: float
    observed: Floats
    expected: Floats


@dataclass(frozen=True)
class Tally:
    """The numbers at risk and with the event at each distinct time."""

    times: Floats
    at_risk: Integers
    events: Integers


def kaplan_meier(times: Floats, is_event: Flags, *, level: float = CONFIDENCE_LEVEL) -> Curve:
    """The proportion still free of the event, at each time of an event.

    `times` are from the start to the event or to the end of observation, `is_event` says which. Raises
    ValueError for no participants, a negative or missing time, or arrays of different length.
    """
    refuse_impossible_times(times, is_event)
    found = tally(times, is_event)
    n, d = found.at_risk.astype(float), found.events.astype(float)
    estimate = np.cumprod(1 - d / n)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(d / (n * (n - d)))
        standard_error = np.where(estimate > 0, estimate * np.sqrt(greenwood), 0.0)
    low, high = log_log_limits(estimate, standard_error, level)
    return Curve(found.times, found.at_risk, found.events, estimate, standard_error, low, high, level, 1.0)


def log_rank(times: Floats, is_event: Flags, groups: Integers) -> LogRank | None:
    """Test whether the groups (0, 1, ...) have the same curve; None when there is nothing to compare.

    "Nothing to compare" means fewer than two groups, or no event while two groups were at risk. Raises ValueError as
    `kaplan_meier`.
    """
    refuse_impossible_times(times, is_event)
    count = int(groups.max()) + 1
    at_risk, events = _by_group(times, is_event, groups, count)
    n, d = at_risk.sum(axis=1), events.sum(axis=1)
    expected = at_risk * (d / n)[:, None]
    difference = (events - expected).sum(axis=0)[:-1]
    variance = _variance(at_risk, n, d)
    if count < 2 or not np.any(np.diag(variance) > 0):
        return None
    statistic = float(difference @ np.linalg.pinv(variance) @ difference)
    p_value = float(stats.chi2.sf(statistic, count - 1))
    return LogRank(statistic, count - 1, p_value, events.sum(axis=0), expected.sum(axis=0))


def permuted_log_rank(times: Floats, is_event: Flags, is_own: Flags) -> float | None:
    """The p-value of the log-rank test of two groups by permutation of its scores; None as `log_rank`.

    A participant's score is 1 for an event minus the cumulative hazard up to its time; the sum over a group is its
    observed less its expected events (Peto R, Peto J. J R Stat Soc A 1972;135:185-207). The permutation assumes that
    follow-up has the same distribution in both groups. Raises ValueError as `kaplan_meier`.
    """
    refuse_impossible_times(times, is_event)
    if not is_event.any() or is_own.all() or not is_own.any():
        return None
    found = tally(times, is_event)
    hazard = np.concatenate([[0.0], np.cumsum(found.events / found.at_risk)])
    scores = is_event - hazard[np.searchsorted(found.times, times, side="right")]
    return permutation_p_value(scores, is_own)


def tally(times: Floats, is_event: Flags) -> Tally:
    """At risk and with the event, at each distinct time of an event."""
    distinct, place = np.unique(times, return_inverse=True)
    leaving = np.bincount(place, minlength=len(distinct))
    events = np.bincount(place[is_event], minlength=len(distinct))
    at_risk = leaving[::-1].cumsum()[::-1]
    kept = events > 0
    return Tally(distinct[kept], at_risk[kept].astype(np.int64), events[kept].astype(np.int64))


def at_risk_at(times: Floats, moments: Floats) -> Integers:
    """The number under observation just before each time of `moments`."""
    return (len(times) - np.searchsorted(np.sort(times), moments, side="left")).astype(np.int64)


def log_log_limits(estimate: Floats, standard_error: Floats, level: float) -> tuple[Floats, Floats]:
    """Limits of probabilities on the log(-log) scale; NaN where the estimate is 0 or 1."""
    z = float(stats.norm.ppf(0.5 + level / 2))
    inside = (estimate > 0) & (estimate < 1)
    p = np.where(inside, estimate, 0.5)
    width = z * standard_error / (p * np.abs(np.log(p)))
    low, high = p ** np.exp(width), p ** np.exp(-width)
    return np.where(inside, low, np.nan), np.where(inside, high, np.nan)


def refuse_impossible_times(times: Floats, *aligned: NDArray[np.generic]) -> None:
    """Raises ValueError for no participants, a negative or missing time, or arrays of different length."""
    if len(times) == 0:
        raise ValueError("times: a curve needs at least one participant.")
    if not (times >= 0).all():
        raise ValueError("times: every time is recorded and not negative.")
    if any(len(other) != len(times) for other in aligned):
        raise ValueError("times: as many as what happened at them.")


def _by_group(times: Floats, is_event: Flags, groups: Integers, count: int) -> tuple[Floats, Floats]:
    """At risk and with the event, distinct times of an event x groups."""
    moments = tally(times, is_event).times
    place = np.searchsorted(moments, times[is_event])
    at_risk = np.column_stack([at_risk_at(times[groups == g], moments) for g in range(count)])
    flat = np.bincount(place * count + groups[is_event], minlength=len(moments) * count)
    return at_risk.astype(float), flat.reshape(len(moments), count).astype(float)


def _variance(at_risk: Floats, n: Floats, d: Floats) -> Floats:
    """The hypergeometric covariance of the observed events of all groups but the last."""
    share = at_risk[:, :-1] / n[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.where(n > 1, d * (n - d) / (n - 1), 0.0)
    return np.diag(spread @ share) - (share * spread[:, None]).T @ share
