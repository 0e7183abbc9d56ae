"""Days alive and free of ventilation and of organ failure: of the evaluable, with the limits over all."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from assessments.rules import Courses, Evaluated, organ_failure_free_days, ventilator_free_days
from biostatistics.proportions import Floats
from biostatistics.rank_tests import Method, TooManyPairsError, rank_sum
from biostatistics.small_samples import SMALL_ARM
from reports.tables.layout import Cell, Table, measure_key, summary_cells
from reports.tables.outcomes.courses import Analysed
from reports.tables.outcomes.measured import difference
from reports.tables.population import Integers, Population
from trials.rules.protocol import FreeDays, OutcomePlan

UNIT = "days"
Rule = Callable[[Courses, FreeDays], Evaluated]
KINDS: dict[str, tuple[str, Rule]] = {
    "ventilator_free_days": ("Days alive and free of ventilation", ventilator_free_days),
    "organ_failure_free_days": ("Days alive and free of organ failure", organ_failure_free_days),
}
REINTUBATION = {
    "last_period": "counted from the end of the last ventilated day",
    "all_free_days": "every free day counted",
}

METHODS: dict[Method, dict[str, object]] = {
    "wilcoxon_normal": {"ci_method": "hodges_lehmann", "test": "rank_sum"},
    "wilcoxon_exact": {"ci_method": "hodges_lehmann_exact", "test": "rank_sum_exact"},
    "wilcoxon_permutation": {"ci_method": "hodges_lehmann_exact", "test": "rank_sum_permutation"},
}


def add_free_days(table: Table, analysed: Analysed, population: Population, plan: OutcomePlan) -> None:
    """Per kind: the evaluable with their comparison, the number of others, and the possible range over all."""
    rule = plan.free_days
    window = "free_days"
    table.windows[window] = f"Day 1 to day {rule.last_day}"
    over = np.flatnonzero(analysed.over(rule.last_day))
    courses = analysed.courses.taken(over)
    for measure, (label, judged) in KINDS.items():
        _name(table, measure, label)
        _add_kind(table, measure, window, judged(courses, rule), analysed.arms[over], population)
    _notes(table, rule)


def _name(table: Table, measure: str, label: str) -> None:
    table.measures |= {
        measure: label,
        f"{measure}_not_evaluable": f"{label}: not evaluable",
        f"{measure}_lowest": f"{label}: if every unknown day were burdened",
        f"{measure}_highest": f"{label}: if no unknown day were burdened",
    }


def _add_kind(
    table: Table,
    measure: str,
    window: str,
    found: Evaluated,
    arms: Integers,
    population: Population,
) -> None:
    known = found.value
    key = measure_key(measure, window=window)
    table.cells += _cells(key, known, arms, population)
    table.comparisons += _compared(key, known, arms, population)
    missing = np.isnan(known)
    table.count(
        measure_key(f"{measure}_not_evaluable", window=window),
        population.count_at(arms[missing]), population.count_at(arms), population,
    )  # fmt: skip
    if missing.any():
        for end, limits in (("lowest", found.low), ("highest", found.high)):
            key = measure_key(f"{measure}_{end}", window=window)
            table.cells += _cells(key, limits.astype(float), arms, population)


def _cells(key: Cell, found: Floats, arms: Integers, population: Population) -> list[Cell]:
    return [{**cell, "unit": UNIT} for cell in summary_cells(key, found, arms, population)]


def _compared(key: Cell, found: Floats, arms: Integers, population: Population) -> list[Cell]:
    groups = [found[(arms == place) & ~np.isnan(found)] for place in range(len(population.arms))]
    return [
        difference(key, population.arms[i], population.arms[base], UNIT, **_shift(groups[i], groups[base]))
        for i, base in population.pairs
    ]


def _shift(found: Floats, reference: Floats) -> dict[str, object]:
    if not len(found) or not len(reference):
        return {"too_few": True}
    try:
        shift = rank_sum(found, reference)
    except TooManyPairsError:
        return {"ci_method": "hodges_lehmann"}
    if not np.isfinite([shift.low, shift.high]).all():
        return {"too_few": True}
    return {
        "difference": shift.estimate,
        "ci_low": shift.low,
        "ci_high": shift.high,
        **METHODS[shift.method],
        "p_value": shift.p_value,
        "n": len(found),
        "reference_n": len(reference),
    }


def _notes(table: Table, rule: FreeDays) -> None:
    supports = ", ".join(rule.ventilated_by).replace("_", "-")
    table.notes += [
        (
            f"Days free: 0 for who died by day {rule.last_day}. Ventilated = {supports}; after reintubation "
            f"{REINTUBATION[rule.reintubation]}. Organ failure = {rule.organ_failure_from} SOFA points or more "
            f"({', '.join(rule.organs)}). Days out of intensive care alive count as free. Source: {rule.source}."
        ),
        (
            f"Days free are of those for whom day {rule.last_day} is over. Not evaluable: a day, or whether alive on day "
            f"{rule.last_day}, is not known."
        ),
        f"With fewer than {SMALL_ARM} in an arm the limits of the shift are exact and p is that of all splits of the ranks.",
    ]
