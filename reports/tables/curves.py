"""Curves over study days in a table: their steps, the numbers at risk, and their values at chosen days.

A cell of a curve has the number of events up to the day and of participants it is made from, no percent, and
`estimate` with `ci_low`, `ci_high` and `at_risk`: an estimate is no share of a count when follow-up is incomplete.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from biostatistics.proportions import Floats, upper_limit_for_zero
from biostatistics.small_samples import SMALL_ARM, is_small, limits_of_every_course
from biostatistics.survival import Curve, Integers, at_risk_at
from reports.tables.layout import Cell, Table, json_number, measure_key
from reports.tables.population import TOTAL, Flags, Population

PROBABILITY = "%"
MEAN = "events per participant"
OF_EVERY_COURSE = "clopper_pearson_every_course"
OF_SMALL_ARMS = (
    f"Of fewer than {SMALL_ARM} participants, and where nobody or everybody has the event, the limits are Clopper and "
    "Pearson's exact ones of the participants, under every possible course of who was not followed to the day."
)
WEEK = 7
"""Days between the numbers at risk that a curve carries."""


@dataclass(frozen=True)
class Drawn:
    """One column's curve with its input.

    `ends` are the times at which its participants left observation; `is_over` is whether the end was the counted event,
    or death, so that no event can follow.
    """

    column: str
    curve: Curve
    ends: Floats
    is_over: Flags

    @property
    def is_small(self) -> bool:
        """Whether its limits must not rely on a large number of participants."""
        return is_small(len(self.ends))

    def is_reached(self, day: int) -> bool:
        """Whether the curve can be read at the day: some participants are still at risk, or no event can follow."""
        return bool(self.is_over.all()) or int(at_risk_at(self.ends, np.array([float(day)]))[0]) > 0

    def error(self, day: float) -> float:
        """The standard error of the curve at the day."""
        place = int(np.searchsorted(self.curve.times, day, side="right")) - 1
        return float(self.curve.standard_error[place]) if place >= 0 else 0.0

    def course(self, day: float) -> tuple[int, int, int]:
        """The number with the event by the day, the number not followed to it, and the number in all."""
        count = int(self.curve.events[self.curve.times <= day].sum())
        return count, int(((self.ends < day) & ~self.is_over).sum()), len(self.ends)

    def limits(self, day: float) -> tuple[float, float]:
        """The limits of the probability at the day.

        In a small column, and at 0 and 1, they are those over every possible course.
        """
        _, low, high = self.curve.at(day)
        if self.is_small or np.isnan(low):
            lows, highs = limits_of_every_course(*(np.array([n]) for n in self.course(day)))
            return float(lows[0]), float(highs[0])
        return low, high


def columns_of(population: Population, positions: Integers) -> Iterator[tuple[str, Flags]]:
    """Each column with its indices; the total has them all."""
    arms = population.arm_index[positions]
    for index, arm in enumerate(population.arms):
        yield arm, arms == index
    yield TOTAL, np.ones(len(positions), dtype=bool)


def add_curves(
    table: Table, measure: str, curves: Sequence[Drawn], *, days: Sequence[int], unit: str, method: str
) -> None:
    """The steps of each curve, and one cell per day and column."""
    table.levels |= {f"D{day}": f"Day {day}" for day in days}
    for drawn in curves:
        table.curves.append({
            "measure": measure,
            "label": table.measures[measure],
            "unit": unit,
            "arm": drawn.column,
            "last_day": int(drawn.ends.max()),
            "points": _points(drawn, unit),
            "at_risk": _at_risk(drawn.ends, max(days, default=0)),
        })  # fmt: skip
    keys = [measure_key(measure, level=f"D{day}") for day in days]
    table.cells += [
        {**key, "arm": drawn.column, **_value(drawn, day, unit, method)}
        for key, day in zip(keys, days, strict=True)
        for drawn in curves
    ]


def pairs_at(
    curves: Sequence[Drawn], population: Population, days: Sequence[int]
) -> Iterator[tuple[int, Drawn, Drawn]]:
    """Day, arm and reference of each pair of arms, where both curves can be read."""
    by_column = {drawn.column: drawn for drawn in curves}
    names = [(population.arms[i], population.arms[base]) for i, base in population.pairs]
    pairs = [
        (by_column[arm], by_column[other]) for arm, other in names if arm in by_column and other in by_column
    ]
    for day in days:
        for drawn, base in pairs:
            if drawn.is_reached(day) and base.is_reached(day):
                yield day, drawn, base


def upside_down(curve: Curve) -> Curve:
    """The probability of the event, from that of no event."""
    return Curve(
        curve.times, curve.at_risk, curve.events, 1 - curve.estimate, curve.standard_error,
        1 - curve.high, 1 - curve.low, curve.level, 1 - curve.start,
    )  # fmt: skip


def drawn_per_column(
    population: Population,
    positions: Integers,
    ends: Floats,
    is_over: Flags,
    curve_of: Callable[[Flags], Curve],
) -> tuple[Drawn, ...]:
    """One curve per column with participants. `is_over`: observation did not end by censoring."""
    return tuple(
        Drawn(column, curve_of(chosen), ends[chosen], is_over[chosen])
        for column, chosen in columns_of(population, positions)
        if chosen.any()
    )


def _points(drawn: Drawn, unit: str) -> list[Cell]:
    curve = drawn.curve
    limits = [_limits(drawn, day, unit) for day in curve.times.tolist()]
    columns = (column.tolist() for column in (curve.times, curve.at_risk, curve.events, curve.estimate))
    return [
        {
            "day": int(day), "at_risk": at_risk, "events": events, "estimate": estimate,
            "low": json_number(low), "high": json_number(high),
        }
        for (day, at_risk, events, estimate), (low, high) in zip(
            zip(*columns, strict=True), limits, strict=True
        )
    ]  # fmt: skip


def _limits(drawn: Drawn, day: float, unit: str) -> tuple[float, float]:
    """A mean number of events has limits for a large number of participants only."""
    if unit == PROBABILITY:
        return drawn.limits(day)
    return (np.nan, np.nan) if drawn.is_small else drawn.curve.at(day)[1:]


def _at_risk(ends: Floats, last: int) -> list[Cell]:
    """The participants under observation on every seventh day up to the last, sparser when there would be many."""
    step = WEEK * max(1, -(-last // (WEEK * 8)))
    days = np.arange(0, last + 1, step)
    return [
        {"day": day, "at_risk": n}
        for day, n in zip(days.tolist(), at_risk_at(ends, days.astype(float)).tolist(), strict=True)
    ]


def _value(drawn: Drawn, day: int, unit: str, method: str) -> dict[str, Any]:
    estimate, low, high = np.nan, np.nan, np.nan
    if drawn.is_reached(day):
        estimate, (low, high) = drawn.curve.at(float(day))[0], _limits(drawn, float(day), unit)
    count, _, size = drawn.course(day)
    at_risk = int(at_risk_at(drawn.ends, np.array([float(day)]))[0])
    value = {
        "count": count, "denominator": size, "percent": None, "estimate": json_number(estimate),
        "ci_low": json_number(low), "ci_high": json_number(high), "ci_method": _method(drawn, day, unit, method),
        "at_risk": at_risk, "unit": unit,
    }  # fmt: skip
    if unit == PROBABILITY and estimate == 0 and at_risk:
        value["zero_upper_limit"] = upper_limit_for_zero(at_risk).high
    return value


def _method(drawn: Drawn, day: int, unit: str, method: str) -> str | None:
    if unit != PROBABILITY:
        return None if drawn.is_small else method
    return OF_EVERY_COURSE if drawn.is_small or np.isnan(drawn.curve.at(float(day))[1]) else method
