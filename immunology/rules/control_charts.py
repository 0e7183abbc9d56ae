"""Control values over time (Levey and Jennings 1950) with flags after Westgard 1981 (Clin Chem 27:493).

MFI spread by factors, so the chart is drawn on the logarithm: multiplying every value by a constant changes no
flag. Mean and spread are those of the first runs of a lot on an instrument; with fewer runs nothing is flagged.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

BASELINE_RUNS = 20
WARNING_SPREADS, REJECTION_SPREADS = 2, 3  # Westgard's limits, in standard deviations
"""Runs that mean and spread are taken from; the field's custom (CLSI C24), at least 20."""
LEAST_SPREAD = 0.01
"""The smallest spread of log10 values, about 2 %: identical control values must not flag the next one.

Own choice.
"""


class ChartFlag(StrEnum):
    """The rule that flags a value. `1-2s` is a warning, the others mean that the run is out of control."""

    ONE_2S = "1-2s"
    ONE_3S = "1-3s"
    TWO_2S = "2-2s"
    RANGE_4S = "R-4s"
    FOUR_1S = "4-1s"
    TEN_X = "10-x"


WARNINGS = frozenset({ChartFlag.ONE_2S})


@dataclass(frozen=True)
class ChartPoint:
    """One control value.

    `z` is its distance from the mean in spreads, `None` for a baseline run or a missing value.
    """

    run: str
    value: Decimal | None
    z: float | None
    flags: tuple[ChartFlag, ...]


def control_chart(
    values: Sequence[tuple[str, Decimal | None]], baseline_runs: int = BASELINE_RUNS
) -> tuple[ChartPoint, ...]:
    """The chart of one control of one lot on one instrument: run and value in order of time.

    A missing or zero value has no logarithm and is left out of mean, spread and flags.
    """
    logs = [math.log10(value) for _, value in values if value]
    if len(logs) <= baseline_runs:
        return tuple(ChartPoint(run, value, None, ()) for run, value in values)
    mean = sum(logs[:baseline_runs]) / baseline_runs
    variance = sum((log - mean) ** 2 for log in logs[:baseline_runs]) / (baseline_runs - 1)
    spread = max(math.sqrt(variance), LEAST_SPREAD)
    points: list[ChartPoint] = []
    distances: list[float] = []
    seen = 0
    for run, value in values:
        seen += bool(value)
        if not value or seen <= baseline_runs:
            points.append(ChartPoint(run, value, None, ()))
            continue
        distances.append((math.log10(value) - mean) / spread)
        points.append(ChartPoint(run, value, distances[-1], _flags(distances)))
    return tuple(points)


def _flags(distances: Sequence[float]) -> tuple[ChartFlag, ...]:
    """The flags of the last distance, given those before it."""
    last = distances[-1]
    found = (
        (abs(last) > REJECTION_SPREADS, ChartFlag.ONE_3S),
        (_beyond(distances, 2, WARNING_SPREADS), ChartFlag.TWO_2S),
        (len(distances) > 1 and _range(distances[-2:]), ChartFlag.RANGE_4S),
        (_beyond(distances, 4, 1), ChartFlag.FOUR_1S),
        (_beyond(distances, 10, 0), ChartFlag.TEN_X),
        (WARNING_SPREADS < abs(last) <= REJECTION_SPREADS, ChartFlag.ONE_2S),
    )
    return tuple(flag for applies, flag in found if applies)


def _beyond(distances: Sequence[float], count: int, limit: float) -> bool:
    """Whether the last `count` distances are beyond the limit on the same side."""
    last = distances[-count:]
    return len(last) == count and (all(z > limit for z in last) or all(z < -limit for z in last))


def _range(pair: Sequence[float]) -> bool:
    """Whether one of two runs in a row is above +2 and the other below −2 spreads."""
    return max(pair) > WARNING_SPREADS and min(pair) < -WARNING_SPREADS
