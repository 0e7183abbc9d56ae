"""How many days an event was at each grade."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo

from events.choices import ObservationKind
from events.rules.course.series import Observation, series_in_order
from partial_dates import local_date

LONG_AGO, FAR_AHEAD = date(1, 1, 1), date(9999, 12, 31)
NO_BOUND_DAYS = 200 * 365
"""More days than an event can last: the dates bound nothing."""


Days = tuple[date | None, date | None]
"""The first and the last day that something can mean; None without a bound."""


@dataclass(frozen=True)
class GradeStep:
    """A grade, when it was taken up and when it was left."""

    grade: int
    begins: Days
    ends: Days


@dataclass(frozen=True)
class GradeDays:
    """Days at one grade, the fewest and the most that the dates allow; `most` None is without a bound."""

    grade: int
    fewest: int
    most: int | None

    @property
    def is_certain(self) -> bool:
        """Whether the dates allow one number only."""
        return self.fewest == self.most


def days_at_grades(rows: Iterable[Observation], *, zone: str | tzinfo, until: date) -> tuple[GradeDays, ...]:
    """Days at each grade, ascending: from the day on which a grade is taken up to the day on which the next one is.

    A course that is not over runs to `until`. A grade that is taken up and left on one day has 0 days. With one grade
    alone only its maximum is known, for then it is the grade at the worst. Days of partial dates are bounds: the fewest
    and the most over every date that they allow in the order of the series.
    """
    ordered = series_in_order(rows)
    graded = [row for row in ordered if row.grade is not None]
    steps = _steps(graded)
    bounds = _bounds(ordered, steps, zone, until)
    found = []
    for grade in sorted({row.grade for row in steps if row.grade is not None}):
        weights = _weights(steps, grade)
        fewest, most = _extreme(bounds, weights, -1), _extreme(bounds, weights, 1)
        found.append(GradeDays(grade, 0 if len(graded) == 1 else max(fewest or 0, 0), most))
    return tuple(found)


def grade_steps(rows: Iterable[Observation], *, zone: str | tzinfo, until: date) -> tuple[GradeStep, ...]:
    """The grades in their order, each with the days on which it can have been taken up and left."""
    ordered = series_in_order(rows)
    steps = _steps([row for row in ordered if row.grade is not None])
    bounds = _bounds(ordered, steps, zone, until)
    return tuple(
        GradeStep(row.grade, bounds[place], bounds[place + 1])
        for place, row in enumerate(steps)
        if row.grade is not None
    )


def _bounds(
    ordered: Sequence[Observation], steps: Sequence[Observation], zone: str | tzinfo, until: date
) -> list[Days]:
    """The days on which each step can begin, and behind them those on which the last one can end."""
    end = next((row for row in ordered if row.kind == ObservationKind.END), None)
    spans = [_days_of(row, zone) for row in steps]
    spans.append(_days_of(end, zone) if end else (until, until))
    return _narrowed(spans, _first_day(ordered, zone))


def _steps(graded: Sequence[Observation]) -> list[Observation]:
    """The rows at which the grade changes."""
    steps: list[Observation] = []
    for row in graded:
        if not steps or steps[-1].grade != row.grade:
            steps.append(row)
    return steps


def _days_of(row: Observation, zone: str | tzinfo) -> Days:
    """The first and the last day that the row can mean."""
    if row.observed is None:
        return None, row.known_on
    return local_date(row.observed.earliest, zone), local_date(row.observed.latest, zone)


def _first_day(ordered: Sequence[Observation], zone: str | tzinfo) -> date | None:
    opening = next((row for row in ordered if row.kind == ObservationKind.OPENING), None)
    return _days_of(opening, zone)[0] if opening else None


def _narrowed(spans: Sequence[Days], first: date | None) -> list[Days]:
    """The same days, each no earlier than those before it and no later than those after it."""
    earliest: list[date | None] = []
    for low, _high in spans:
        known = [day for day in (earliest[-1] if earliest else first, low) if day is not None]
        earliest.append(max(known, default=None))
    latest: list[date | None] = []
    for _low, high in reversed(spans):
        known = [day for day in (latest[-1] if latest else None, high) if day is not None]
        latest.append(min(known, default=None))
    return list(zip(earliest, reversed(latest), strict=True))


def _weights(steps: Sequence[Observation], grade: int) -> list[int]:
    """The days at a grade are the weighted sum of the days of the steps: minus where it begins, plus where it ends."""
    own = [int(row.grade == grade) for row in steps]
    return [(own[i - 1] if i else 0) - (own[i] if i < len(own) else 0) for i in range(len(own) + 1)]


def _extreme(bounds: Sequence[Days], weights: Sequence[int], sign: int) -> int | None:
    """The largest (`sign` 1) or smallest (-1) weighted sum of days in ascending order.

    None when it has no bound.

    Each day lies at an end of some span at the extreme, so that trying these ends in order is enough.
    """
    limits = [((low or LONG_AGO).toordinal(), (high or FAR_AHEAD).toordinal()) for low, high in bounds]
    ends = sorted({day for pair in limits for day in pair})
    best = dict.fromkeys(ends, 0)
    for (low, high), weight in zip(limits, weights, strict=True):
        possible = [day for day in ends if low <= day <= high]
        best = {
            day: sign * weight * day + max(best[before] for before in best if before <= day)
            for day in possible
            if any(before <= day for before in best)
        }
    found = sign * max(best.values()) if best else None
    return None if found is None or found > NO_BOUND_DAYS else found
