"""Time to a first event when death may come before it: the cumulative incidence of Aalen and Johansen.

Aalen OO, Johansen S. Scand J Stat 1978;5:141-150. Variance: the Greenwood-type estimator of Andersen PK, Borgan O, Gill
RD, Keiding N. Statistical models based on counting processes, 1993, section IV.4. Limits: log(-log) scale (Choudhury
JB. Stat Med 2002;21:1129-1144). 1 minus Kaplan-Meier, which treats deaths as if the event were still possible, would be
too high.

Ties: events and deaths at the same time have the same people at risk and are one multinomial step; a participant who is
censored at a time is still at risk at that time. No time is jittered. An event on the day of death comes before it.
"""

from __future__ import annotations

import numpy as np

from biostatistics.proportions import CONFIDENCE_LEVEL, Floats
from biostatistics.survival import Curve, Flags, Integers, log_log_limits, refuse_impossible_times, tally


def aalen_johansen(
    times: Floats, is_event: Flags, is_competing: Flags, *, level: float = CONFIDENCE_LEVEL
) -> Curve:
    """The probability of the event by each time, with death (or another event) as a competing event.

    `times` are from the start to the first of event, competing event and end of observation; a participant with neither
    event is censored. `events` of the curve are the events of interest. Raises ValueError as `kaplan_meier`, and for a
    participant with both.
    """
    refuse_impossible_times(times, is_event, is_competing)
    if (is_event & is_competing).any():
        raise ValueError(
            "is_competing: a participant's time ends with the event or the competing one, not both."
        )
    every = tally(times, is_event | is_competing)
    place = np.searchsorted(every.times, times[is_event])
    events = np.bincount(place, minlength=len(every.times)).astype(np.int64)
    estimate, variance = _incidence_and_variance(every.at_risk, events, every.events)
    standard_error = np.sqrt(np.maximum(variance, 0.0))
    low, high = log_log_limits(estimate, standard_error, level)
    return Curve(every.times, every.at_risk, events, estimate, standard_error, low, high, level, 0.0)


def _incidence_and_variance(
    at_risk: Integers, events: Integers, all_events: Integers
) -> tuple[Floats, Floats]:
    """By step: the probability of no event, the incidence, and the covariance of the two."""
    free, incidence = 1.0, 0.0
    v_free = v_incidence = covariance = 0.0
    found = np.zeros((2, len(at_risk)))
    steps = zip((events / at_risk).tolist(), (all_events / at_risk).tolist(), at_risk.tolist(), strict=True)
    for place, (p, q, n) in enumerate(steps):
        v_incidence += p**2 * v_free + 2 * p * covariance + free**2 * p * (1 - p) / n
        covariance = (1 - q) * (covariance + p * v_free) - free**2 * p * (1 - q) / n
        v_free = (1 - q) ** 2 * v_free + free**2 * q * (1 - q) / n
        incidence, free = incidence + free * p, free * (1 - q)
        found[:, place] = incidence, v_incidence
    return found[0], found[1]
