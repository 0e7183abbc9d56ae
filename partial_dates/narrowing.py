"""Partly known moments narrowed by what else is known: nothing starts after its end, after a death or after the cut-off.

Whatever places a moment in a window, on a day or before a dose narrows it here first.
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
    """The earliest and the latest moment that something can have happened, both included; `None` where nobody knows."""

    earliest: datetime | None = None
    latest: datetime | None = None


def narrowed(
    given: PartialMoment | Span | None,
    *,
    not_before: Iterable[datetime | None] = (),
    not_after: Iterable[datetime | None] = (),
) -> Span:
    """A span cut to the bounds that it can respect, in UTC; `None` is a moment or a bound that is not recorded.

    A bound that leaves nothing of the span contradicts it and is left out; the rules report that. Where the bounds that are
    left contradict each other, the span stays as it was given. A span never widens, and the order of bounds does not matter.
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
    """The same moment; within one time zone Python compares the clock's face, which a change of clocks repeats."""
    return None if moment is None else moment.astimezone(UTC)


def column_of(moment: datetime | None, unknown: int) -> Integers:
    """A column of one moment, in microseconds; `unknown` where there is none."""
    number = unknown if moment is None else (moment - EPOCH) // MICROSECOND
    return np.array([number], dtype=np.int64)
