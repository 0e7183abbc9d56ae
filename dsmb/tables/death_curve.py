"""When the treated died: the probability of death by each study day, per column, and the log-rank test."""

from __future__ import annotations

import numpy as np

from dsmb.frames import Frames
from dsmb.rules.survival import kaplan_meier, log_rank
from dsmb.tables.curves import PROBABILITY, add_curves, drawn_per_column, upside_down
from dsmb.tables.follow_up import NO_CUTOFF, FollowUp, follow_up, landmark_days
from dsmb.tables.layout import Table, measure_key
from dsmb.tables.plan import TablePlan
from dsmb.tables.population import Population

MEASURE = "probability_of_death"
LABEL = "Probability of death, Kaplan–Meier"
METHOD = "greenwood_log_log"


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
        "Probability of death: Kaplan–Meier with Greenwood's variance and limits on the log(−log) scale, of the treated "
        "whose follow-up is known; it differs from deaths over participants when follow-up is incomplete.",
        *followed.notes,
    ]


def _add_tests(table: Table, followed: FollowUp, population: Population) -> None:
    for index, base in population.pairs:
        arm, reference = population.arms[index], population.arms[base]
        chosen = followed.is_known & np.isin(population.arm_index, (index, base))
        groups = (population.arm_index[chosen] == base).astype(np.int64)
        if len(set(groups.tolist())) < 2:
            continue
        found = log_rank(followed.end[chosen].astype(float), followed.has_died[chosen], groups)
        if found is not None:
            table.tests.append({
                **measure_key(MEASURE), "arm": arm, "reference": reference, "test": "log_rank",
                "statistic": found.statistic, "degrees_of_freedom": found.degrees_of_freedom,
                "p_value": found.p_value,
            })  # fmt: skip
            table.notes.append(
                f"Log-rank test of {arm} and {reference} over the whole follow-up: p = {found.p_value:.3f}, "
                "descriptive."
            )
