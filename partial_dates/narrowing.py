"""Partly known times, narrowed by other known times.

Nothing starts after its end, after a death or after the cut-off. Code that compares a time with a window, a day or a
dose narrows it with this module first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from partial_dates.moments import PartialMoment

Integers = npt.NDArray[np.integer]

NO_BOUND_BELOW = int(np.iinfo(np.int64).min)
"""In a column of microseconds: an earliest moment that is not known."""
NO_BOUND_ABOVE = int(np.iinfo(np.int64).max)
"""In a column of microseconds: a latest moment that is not known."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Span:
    """The earliest and the latest possible time of something, both included; `None` where not known."""

    earliest: datetime | None = None
    latest: datetime | None = None


def narrowed(
    given: PartialMoment | Span | None,
    *,
    not_before: Iterable[datetime | None] = (),
    not_after: Iterable[datetime | None] = (),
) -> Span:
    """A span cut to the bounds, in UTC; `None` is a time or a bound that is not recorded.

    A bound outside the span contradicts it and is not applied; the rules report the contradiction. Where the remaining
    bounds contradict each other, the span stays as it was given. A span never becomes wider. The order of the bounds
    has no effect.
    """
    span = given or Span()
    earliest, latest = _in_utc(span.earliest), _in_utc(span.latest)
    below = [bound for bound in map(_in_utc, not_before) if bound and (latest is None or bound <= latest)]
    above = [bound for bound in map(_in_utc, not_after) if bound and (earliest is None or bound >= earliest)]
    first = max([*below, *filter(None, [earliest])], default=None)
    last = min([*above, *filter(None, [latest])], default=None)
    if first and last and first > last:
        return Span(earliest, latest)
    return Span(first, last)


def _in_utc(moment: datetime | None) -> datetime | None:
    """Convert to UTC. Within one time zone Python compares wall times, which repeat when the clocks change."""
    return None if moment is None else moment.astimezone(UTC)


def column_of(moment: datetime | None, unknown: int) -> Integers:
    """A column with one time, in microseconds; `unknown` where there is none."""
    number = unknown if moment is None else (moment - EPOCH) // MICROSECOND
    return np.array([number], dtype=np.int64)
