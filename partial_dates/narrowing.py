"""Partly known moments narrowed by what else is known: nothing starts after its end, after a death or after the cut-off.

One function, on columns of microseconds; a single moment is a column of one. Whatever places a moment in a window, on a
day or before a dose narrows it here first.
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
"""An earliest moment that is not known; as a bound: no bound."""
NO_BOUND_ABOVE = int(np.iinfo(np.int64).max)
"""A latest moment that is not known; as a bound: no bound."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Span:
    """The earliest and the latest moment that something can have happened, both included; `None` where nobody knows."""

    earliest: datetime | None = None
    latest: datetime | None = None


def narrowed_columns(
    earliest: Integers,
    latest: Integers,
    *,
    not_before: Iterable[Integers] = (),
    not_after: Iterable[Integers] = (),
) -> tuple[Integers, Integers]:
    """Each span cut to the bounds that it can respect, in microseconds since 1970-01-01 UTC.

    A bound that leaves nothing of a span contradicts it and is left out; the rules report that. Where the bounds that are
    left contradict each other, the span stays as it was given. A span never widens, and the order of bounds does not matter.
    """
    first, last = earliest, latest
    for bound in not_before:
        first = np.where(bound <= latest, np.maximum(first, bound), first)
    for bound in not_after:
        last = np.where(bound >= earliest, np.minimum(last, bound), last)
    agree = first <= last
    return np.where(agree, first, earliest), np.where(agree, last, latest)


def narrowed(
    given: PartialMoment | Span | None,
    *,
    not_before: Iterable[datetime | None] = (),
    not_after: Iterable[datetime | None] = (),
) -> Span:
    """One moment cut to its bounds, as `narrowed_columns` does; `None` is a moment or a bound that is not recorded."""
    span = given or Span()
    first, last = narrowed_columns(
        column_of(span.earliest, NO_BOUND_BELOW),
        column_of(span.latest, NO_BOUND_ABOVE),
        not_before=[column_of(bound, NO_BOUND_BELOW) for bound in not_before],
        not_after=[column_of(bound, NO_BOUND_ABOVE) for bound in not_after],
    )
    return span_in(first, last)


def column_of(moment: datetime | None, unknown: int) -> Integers:
    """A column of one moment, in microseconds; `unknown` where there is none."""
    number = unknown if moment is None else (moment - EPOCH) // MICROSECOND
    return np.array([number], dtype=np.int64)


def span_in(earliest: Integers, latest: Integers) -> Span:
    """The span in two columns of one element."""
    first, last = int(earliest[0]), int(latest[0])
    return Span(
        None if first == NO_BOUND_BELOW else EPOCH + first * MICROSECOND,
        None if last == NO_BOUND_ABOVE else EPOCH + last * MICROSECOND,
    )
