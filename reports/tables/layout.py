"""The shape of a table: cells with count, denominator, percent and limits; comparisons; notes.

A percent has one decimal, half up, and is the text `< 0.1` or `> 99.9` where it would be rounded to 0.0 or 100.0;
limits and differences are fractions at full precision. Where a count is 0, `zero_upper_limit` is the exact one-sided 95
% limit. A denominator of 0 has no percent and no limits.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from itertools import product
from typing import Any

import numpy as np

from biostatistics.proportions import Floats, clopper_pearson_limits, upper_limit_for_zero
from biostatistics.rounding import percent, percents, shown_percent
from biostatistics.two_samples import Comparisons, compared
from reports.tables.population import Integers, Population

Cell = dict[str, Any]
Key = Mapping[str, Any]

NO_DENOMINATOR = -1
"""In an array of denominators: this cell has none."""


@dataclass
class Table:
    """A table while it is being filled; `as_dict` is its form in the report.

    `measures`, `levels` and `windows` are labels of ids. A listing has `columns` (id, label, whether numeric) and
    `rows`; the enrolment table has a `curve`. `curves` are functions of the study day, one per measure and column;
    `tests` compare whole curves. `parameters` are numbers of the protocol that a figure draws as lines.
    """

    id: str
    title: str
    population: str
    measures: dict[str, str] = field(default_factory=dict)
    levels: dict[str, str] = field(default_factory=dict)
    windows: dict[str, str] = field(default_factory=dict)
    cells: list[Cell] = field(default_factory=list)
    comparisons: list[Cell] = field(default_factory=list)
    columns: list[Cell] = field(default_factory=list)
    rows: list[Cell] = field(default_factory=list)
    curve: list[Cell] = field(default_factory=list)
    curves: list[Cell] = field(default_factory=list)
    tests: list[Cell] = field(default_factory=list)
    parameters: Cell = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The specified shape; empty parts are left out, except the required ones."""
        content = {f.name: getattr(self, f.name) for f in fields(self)}
        always = ("cells", "comparisons", "notes")
        return {name: value for name, value in content.items() if value or name in always}

    def count(
        self, key: Key, counts: Integers, denominators: Integers | None, population: Population
    ) -> None:
        """Add one row of counts per column; without denominators the cells have no percent."""
        below = np.full_like(counts, NO_DENOMINATOR) if denominators is None else denominators
        self.cells += cells_of([key], counts[None, :], below[None, :], population)

    def compare(self, key: Key, counts: Integers, denominators: Integers, population: Population) -> None:
        """Add one row of counts and its comparisons with the reference arm."""
        self.count(key, counts, denominators, population)
        self.comparisons += comparisons_of([key], counts[None, :], denominators[None, :], population)

    def listing(self, **labels: str) -> None:
        """Name the columns of the rows, in order; a label that begins with # is of a numeric column."""
        self.columns = [
            {"id": name, "label": label.removeprefix("#"), "is_numeric": label.startswith("#")}
            for name, label in labels.items()
        ]

    def absent(self, text: str, *names: str) -> None:
        """The meaning of an empty cell in one of these columns of the listing."""
        self.columns = [c | {"absent": text} if c["id"] in names else c for c in self.columns]

    def note_if(self, count: int, sentence: str) -> None:
        """Add the sentence, with the number in place of {n}, when the number is not 0."""
        if count:
            self.notes.append(sentence.format(n=count))


def measure_key(measure: str, level: str | None = None, window: str | None = None) -> Cell:
    """The key of a row of counts."""
    return {"window": window, "measure": measure, "level": level}


def cells_of(
    keys: Sequence[Key], counts: Integers, denominators: Integers, population: Population
) -> list[Cell]:
    """One cell per key (row) and column; counts and denominators are rows x columns."""
    low, high = clopper_pearson_limits(counts.ravel(), np.maximum(denominators, 0).ravel())
    shown = percents(counts.ravel(), np.maximum(denominators, 0).ravel())
    impossible = (counts > denominators).ravel()
    shown, low, high = (np.where(impossible, np.nan, values) for values in (shown, low, high))
    below = [None if n == NO_DENOMINATOR else n for n in denominators.ravel().tolist()]
    numbers = zip(counts.ravel().tolist(), below, *map(numbers_of, (shown, low, high)), strict=True)
    cells = [
        {**key, "arm": arm, "count": x, "denominator": n, "percent": share, "ci_low": least, "ci_high": most}
        for (key, arm), (x, n, share, least, most) in zip(
            product(keys, population.columns), numbers, strict=True
        )
    ]
    _bound_percents(cells)
    for place, limit in _zero_limits(counts.ravel(), denominators.ravel()):
        cells[place]["zero_upper_limit"] = limit
    return cells


def _bound_percents(cells: list[Cell]) -> None:
    """Replace a rounded 0.0 or 100.0 that is not exact by `< 0.1` or `> 99.9`."""
    for cell in cells:
        if cell["percent"] in (0, 100):
            cell["percent"] = shown_percent(cell["percent"], cell["count"], cell["denominator"])


def _zero_limits(counts: Integers, denominators: Integers) -> Iterator[tuple[int, float]]:
    """Each place with a count of 0 and a denominator, and the one-sided limit there."""
    places = np.flatnonzero((counts == 0) & (denominators > 0))
    below = denominators[places].tolist()
    limits = {n: upper_limit_for_zero(n).high for n in set(below)}
    return ((place, limits[n]) for place, n in zip(places.tolist(), below, strict=True))


def comparisons_of(
    keys: Sequence[Key], counts: Integers, denominators: Integers, population: Population
) -> list[Cell]:
    """Each pair of arms: risk difference, Newcombe's limits, p-value, test. Rows x columns."""
    if not population.pairs:
        return []
    by_pair = [
        _compared(
            {"arm": population.arms[i], "reference": population.arms[base]},
            compared(counts[:, i], denominators[:, i], counts[:, base], denominators[:, base]),
        )
        for i, base in population.pairs
    ]
    return [{**key, **found} for key, *row in zip(keys, *by_pair, strict=True) for found in row]


def _compared(pair: Cell, found: Comparisons) -> list[Cell]:
    """One arm against the reference, row by row."""
    columns = (found.differences, found.lows, found.highs, found.p_values)
    rows = zip(*map(numbers_of, columns), found.is_chi_square.tolist(), strict=True)
    return [
        {
            **pair,
            "risk_difference": difference,
            "ci_low": low,
            "ci_high": high,
            "ci_method": None if difference is None else "newcombe",
            "p_value": p_value,
            "test": None if p_value is None else "chi_square" if is_chi_square else "fisher",
        }
        for difference, low, high, p_value, is_chi_square in rows
    ]


def summary_cells(key: Key, values: Floats, arm_positions: Integers, population: Population) -> list[Cell]:
    """A measured quantity, one cell per column: mean, SD, quartiles, range.

    `values` are aligned with `arm_positions`, NaN where missing; `count` is how many are recorded,
    `denominator` how many there are.
    """
    every = range(len(population.columns))
    inside = [
        arm_positions == i if i < len(population.arms) else np.ones(len(values), dtype=bool) for i in every
    ]
    return [
        {**key, "arm": column, **_summary(values[chosen])}
        for column, chosen in zip(population.columns, inside, strict=True)
    ]


def _summary(values: Floats) -> Cell:
    recorded = values[~np.isnan(values)]
    return {
        "count": len(recorded),
        "denominator": len(values),
        "percent": shown_percent(percent(len(recorded), len(values)), len(recorded), len(values)),
        **_statistics(recorded),
    }


def _statistics(recorded: Floats) -> dict[str, float | None]:
    """Quartiles by linear interpolation (type 7, as R and NumPy do by default); SD with n - 1."""
    if len(recorded) == 0:
        return dict.fromkeys(("mean", "sd", "median", "q1", "q3", "min", "max"))
    q1, median, q3 = (float(q) for q in np.quantile(recorded, (0.25, 0.5, 0.75)))
    spread = float(recorded.std(ddof=1)) if len(recorded) > 1 else None
    return {
        "mean": float(recorded.mean()), "sd": spread, "median": median, "q1": q1, "q3": q3,
        "min": float(recorded.min()), "max": float(recorded.max()),
    }  # fmt: skip


def numbers_of(values: Floats) -> list[float | None]:
    """`json_number` of many at once."""
    plain: list[float] = values.tolist()
    if np.isnan(values).any():
        return [None if math.isnan(value) else value for value in plain]
    return list(plain)


def json_number(value: float) -> float | None:
    """The number for JSON: None instead of NaN."""
    return None if math.isnan(value) else float(value)
