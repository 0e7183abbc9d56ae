"""When the treated died: the probability of death by each study day, per column, and the log-rank test."""

from __future__ import annotations

from typing import Any

import numpy as np

from biostatistics.proportions import Floats
from biostatistics.rounding import p_value_words
from biostatistics.small_samples import is_small
from biostatistics.survival import kaplan_meier, log_rank, permuted_log_rank
from reports.frames import Frames
from reports.tables.curves import OF_SMALL_ARMS, PROBABILITY, add_curves, drawn_per_column, upside_down
from reports.tables.follow_up import NO_CUTOFF, ParticipantFollowUp, follow_up, landmark_days
from reports.tables.layout import Table, measure_key
from reports.tables.plan import TablePlan
from reports.tables.population import Flags, Integers, Population

MEASURE = "probability_of_death"
LABEL = "Probability of death, Kaplan–Meier"
METHOD = "greenwood_log_log"
PERMUTED = "permutation_log_rank"


def add_death_curve(table: Table, frames: Frames, population: Population, plan: TablePlan) -> None:
    """One curve per column, its values at the last days of the windows, and the log-rank test of each pair of arms."""
    followed = follow_up(frames, population, plan)
    if followed is None:
        table.notes.append(NO_CUTOFF)
        return
    table.measures[MEASURE] = LABEL
    positions = np.flatnonzero(followed.is_known)
    times, died = followed.end[positions].astype(float), followed.has_died[positions]
    curves = drawn_per_column(
        population, positions, times, died, lambda c: upside_down(kaplan_meier(times[c], died[c]))
    )
    days = landmark_days(plan, followed)
    add_curves(table, MEASURE, curves, days=days, unit=PROBABILITY, method=METHOD)
    _add_tests(table, followed, population)
    table.notes += [
        (
            "Probability of death: Kaplan–Meier with Greenwood's variance and limits on the log(−log) scale, of the treated "
            "whose follow-up is known; it differs from deaths over participants when follow-up is incomplete."
        ),
        f"{OF_SMALL_ARMS} With a small arm the log-rank test is by permutation of its scores.",
        *followed.notes,
    ]


def _add_tests(table: Table, followed: ParticipantFollowUp, population: Population) -> None:
    for index, base in population.pairs:
        arm, reference = population.arms[index], population.arms[base]
        chosen = followed.is_known & np.isin(population.arm_index, (index, base))
        groups = (population.arm_index[chosen] == base).astype(np.int64)
        if len(set(groups.tolist())) <= 1:
            continue
        found = _test(followed.end[chosen].astype(float), followed.has_died[chosen], groups)
        if found is not None:
            table.tests.append({**measure_key(MEASURE), "arm": arm, "reference": reference, **found})
            how = " by permutation" if found["test"] == PERMUTED else ""
            table.notes.append(
                f"Log-rank test of {arm} and {reference} over the whole follow-up{how}: p = "
                f"{p_value_words(found['p_value'])}, descriptive.".replace("= <", "<")
            )


def _test(times: Floats, has_died: Flags, groups: Integers) -> dict[str, Any] | None:
    """The log-rank test; with a small arm by permutation of its scores."""
    if is_small(*np.bincount(groups, minlength=2).tolist()):
        p_value = permuted_log_rank(times, has_died, groups == 0)
        return None if p_value is None else {"test": PERMUTED, "p_value": p_value}
    found = log_rank(times, has_died, groups)
    if found is None:
        return None
    return {
        "test": "log_rank", "statistic": found.statistic, "degrees_of_freedom": found.degrees_of_freedom,
        "p_value": found.p_value,
    }  # fmt: skip
