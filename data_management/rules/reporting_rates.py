"""Whether a site reports fewer adverse events than the others would in the same time: under-reporting, by small numbers.

Exact limits of a site's rate: Garwood 1936 (`biostatistics.event_rates`). They take events as independent, and events of one
participant are not. So the verdict rests on a bootstrap by participant: sites of the same number of participants are drawn
from those of all other sites, with replacement, and it is counted how often one has as low a rate
(Efron B, Tibshirani R. An Introduction to the Bootstrap. 1993, chapter 6). Not for publication: a low rate is a reason to
look at source documents, and nothing else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from biostatistics.event_rates import Rate, event_rate
from data_management.choices import SiteVerdict

DRAWS = 4000
SEED = 20201
"""The same draws whenever the page is read: an answer that moves by itself is no answer."""
LOOK_BELOW = 0.025
"""Share of drawn sites with as low a rate, below which a site is named (own choice: one side of 95 %)."""
FEWEST_PARTICIPANTS = 3
"""Of a site and of all others together; with fewer nothing is said (own choice)."""
FEWEST_EXPECTED = 3.0
"""Expected events; below it, no event at all would not surprise: a Poisson count of 3 is 0 in 5 % (exp(-3))."""


@dataclass(frozen=True)
class Followed:
    """One participant: days of follow-up since day 0, and adverse events recorded in them."""

    days: float
    events: int


@dataclass(frozen=True)
class SiteRate:
    """One site beside all others.

    `rate` is events per day, None without any day; `expected` events at the others' rate; `share_as_low` of the drawn
    sites, None where nothing is said.
    """

    site: str
    participants: int
    days: float
    events: int
    rate: Rate | None
    expected: float | None
    share_as_low: float | None
    verdict: SiteVerdict


def compare_sites(people: Mapping[str, Sequence[Followed]]) -> tuple[SiteRate, ...]:
    """Every site beside all others, by code."""
    return tuple(_compared(site, people) for site in sorted(people))


def _compared(site: str, people: Mapping[str, Sequence[Followed]]) -> SiteRate:
    own = [one for one in people[site] if one.days > 0]
    others = [one for code, ones in people.items() if code != site for one in ones if one.days > 0]
    days, events = sum(one.days for one in own), sum(one.events for one in own)
    rate = event_rate(events, days) if days > 0 else None
    other_days = sum(one.days for one in others)
    expected = days * sum(one.events for one in others) / other_days if other_days > 0 else None
    share = _share_as_low(own, others) if _is_enough(own, others, expected) else None
    return SiteRate(site, len(own), days, events, rate, expected, share, _verdict(share))


def _is_enough(own: Sequence[Followed], others: Sequence[Followed], expected: float | None) -> bool:
    sizes = min(len(own), len(others))
    return sizes >= FEWEST_PARTICIPANTS and expected is not None and expected >= FEWEST_EXPECTED


def _share_as_low(own: Sequence[Followed], others: Sequence[Followed]) -> float:
    """The share of drawn sites whose rate is as low or lower; with the site itself counted as one of them, never 0."""
    observed = sum(one.events for one in own) / sum(one.days for one in own)
    drawn = np.random.default_rng(SEED).integers(0, len(others), size=(DRAWS, len(own)))
    as_low = _rates(others, drawn) <= observed
    return float((int(as_low.sum()) + 1) / (DRAWS + 1))


def _rates(others: Sequence[Followed], drawn: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    days = np.array([one.days for one in others], dtype=float)
    events = np.array([one.events for one in others], dtype=float)
    rates: npt.NDArray[np.float64] = events[drawn].sum(axis=1) / days[drawn].sum(axis=1)
    return rates


def _verdict(share: float | None) -> SiteVerdict:
    if share is None:
        return SiteVerdict.TOO_SMALL
    return SiteVerdict.FEWER if share < LOOK_BELOW else SiteVerdict.AS_EXPECTED
