"""The shape of a table: cells with count, denominator, percent and limits; comparisons; notes.

A percent has one decimal, half up; limits and differences are fractions at full precision. Where a count is
0, `zero_upper_limit` is the exact one-sided 95 % limit. A denominator of 0 has no percent and no limits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dsmb.rules.proportions import clopper_pearson_limits, upper_limit_for_zero
from dsmb.rules.rounding import percents
from dsmb.rules.two_samples import compared
from dsmb.tables.population import Integers, Population

Cell = dict[str, Any]
Key = Mapping[str, Any]

NO_DENOMINATOR = -1
"""In an array of denominators: this cell has none."""


@dataclass
class Table:
    """A table while it is being filled; `as_dict` is what the report holds."""

    id: str
    title: str
    population: str
    labels: dict[str, str] = field(default_factory=dict)
    cells: list[Cell] = field(default_factory=list)
    comparisons: list[Cell] = field(default_factory=list)
    rows: list[Cell] | None = None
    notes: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The contract's shape; `rows` only where the table is a listing."""
        content: dict[str, Any] = {
            "id": self.id,
            "title": self.title,
            "population": self.population,
            "labels": self.labels,
            "cells": self.cells,
            "comparisons": self.comparisons,
            "notes": self.notes,
        }
        if self.rows is not None:
            content["rows"] = self.rows
        return content

    def note_if(self, count: int, sentence: str) -> None:
        """Add the sentence, with the number in place of {n}, when the number is not 0."""
        if count:
            self.notes.append(sentence.format(n=count))


def cells_of(
    keys: Sequence[Key], counts: Integers, denominators: Integers, population: Population
) -> list[Cell]:
    """One cell per key (row) and column; counts and denominators are rows x columns."""
    low, high = clopper_pearson_limits(counts.ravel(), np.maximum(denominators, 0).ravel())
    shown = percents(counts.ravel(), np.maximum(denominators, 0).ravel())
    impossible = (counts > denominators).ravel()
    shown, low, high = (np.where(impossible, np.nan, values) for values in (shown, low, high))
    zeros = _zero_limits(counts.ravel(), denominators.ravel())
    pairs = ((key, column) for key in keys for column in population.columns)
    values = zip(
        pairs, counts.ravel().tolist(), denominators.ravel().tolist(),
        shown.tolist(), low.tolist(), high.tolist(), zeros, strict=True,
    )  # fmt: skip
    return [_cell(key, arm, *numbers) for (key, arm), *numbers in values]


def _cell(
    key: Key, arm: str, count: int, denominator: int, shown: float, low: float, high: float, zero: float
) -> Cell:
    cell = {
        **key,
        "arm": arm,
        "count": count,
        "denominator": None if denominator == NO_DENOMINATOR else denominator,
        "percent": number(shown),
        "ci_low": number(low),
        "ci_high": number(high),
    }
    if zero == zero:
        cell["zero_upper_limit"] = zero
    return cell


def _zero_limits(counts: Integers, denominators: Integers) -> list[float]:
    """The one-sided limit where the count is 0 and there is a denominator, NaN elsewhere."""
    wanted = (counts == 0) & (denominators > 0)
    limits = {int(n): upper_limit_for_zero(int(n)).high for n in np.unique(denominators[wanted])}
    return [limits[n] if w else np.nan for w, n in zip(wanted.tolist(), denominators.tolist(), strict=True)]


def comparisons_of(
    keys: Sequence[Key], counts: Integers, denominators: Integers, population: Population
) -> list[Cell]:
    """Each arm against the reference: risk difference, Newcombe's limits, p-value, test. Rows x columns."""
    if population.reference is None:
        return []
    base = population.arms.index(population.reference)
    others = [i for i in range(len(population.arms)) if i != base]
    by_arm = {
        i: compared(counts[:, i], denominators[:, i], counts[:, base], denominators[:, base]) for i in others
    }
    return [
        {
            **key,
            "arm": population.arms[i],
            "reference": population.reference,
            "risk_difference": number(by_arm[i].differences[row]),
            "ci_low": number(by_arm[i].lows[row]),
            "ci_high": number(by_arm[i].highs[row]),
            "ci_method": "newcombe",
            "p_value": number(by_arm[i].p_values[row]),
            "test": _test(by_arm[i].p_values[row], bool(by_arm[i].is_chi_square[row])),
        }
        for row, key in enumerate(keys)
        for i in others
    ]


def _test(p_value: float, is_chi_square: bool) -> str | None:
    if np.isnan(p_value):
        return None
    return "chi_square" if is_chi_square else "fisher"


def summary_cells(key: Key, values: Any, arm_positions: Integers, population: Population) -> list[Cell]:
    """A measured quantity per column: how many have it, mean, standard deviation, quartiles and range.

    `values` are aligned with `arm_positions`, NaN where missing. Each statistic is one cell, its `level` the
    statistic's name, its `value` the number; `count` is how many are recorded, `denominator` how many are.
    """
    cells: list[Cell] = []
    for position, column in enumerate(population.columns):
        inside = arm_positions == position if column in population.arms else np.ones(len(values), dtype=bool)
        cells.extend(_summary(key, column, np.asarray(values, dtype=float)[inside]))
    return cells


def _summary(key: Key, column: str, values: Any) -> Iterable[Cell]:
    recorded = values[~np.isnan(values)]
    for level, value in _statistics(recorded).items():
        yield {
            **key, "level": level, "arm": column, "count": len(recorded), "denominator": len(values),
            "percent": number(percents(np.array([len(recorded)]), np.array([len(values)]))[0]),
            "value": value,
        }  # fmt: skip


def _statistics(recorded: Any) -> dict[str, float | None]:
    """Quartiles by linear interpolation (type 7, as R and NumPy do by default); SD with n - 1."""
    if len(recorded) == 0:
        return dict.fromkeys(("mean", "sd", "median", "q1", "q3", "min", "max"))
    q1, median, q3 = (float(q) for q in np.quantile(recorded, (0.25, 0.5, 0.75)))
    spread = float(recorded.std(ddof=1)) if len(recorded) > 1 else None
    return {
        "mean": float(recorded.mean()), "sd": spread, "median": median, "q1": q1, "q3": q3,
        "min": float(recorded.min()), "max": float(recorded.max()),
    }  # fmt: skip


def number(value: float) -> float | None:
    """The number for JSON: None instead of NaN."""
    return None if np.isnan(value) else float(value)
