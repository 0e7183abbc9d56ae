"""The hours after the infusions: criteria hit, not met, not evaluable; findings confirmed or refuted.

"Not evaluable" is never "not met": a criterion without the measurements it needs is in no denominator of hits.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from reports.frames import Frames
from reports.tables.layout import Table, cells_of, measure_key
from reports.tables.plan import TablePlan
from reports.tables.population import Flags, Integers, Population, population_of

HIT, NOT_MET, NOT_EVALUABLE = "HIT", "NOT_MET", "NOT_EVALUABLE"

MEASURES = {
    "participants_with_finding": "Treated participants with a confirmed finding",
    "infusions_with_finding": "Infusions with a confirmed finding, of those evaluable",
    "infusions_with_hit": "Infusions with any criterion hit, of those evaluable",
    "infusions_not_evaluable": "Infusions not evaluable, of all evaluated",
    "infusions_not_evaluated": "Infusions without any evaluation, of all given",
    "criterion_hit": "Criterion hit, of the infusions evaluable for it",
    "criterion_not_met": "Criterion not met, of the infusions evaluable for it",
    "criterion_not_evaluable": "Criterion not evaluable, of the infusions evaluated for it",
    "finding_confirmed": "Findings confirmed by a clinician",
    "finding_refuted": "Findings refuted by a clinician",
    "finding_open": "Findings that nobody has judged yet",
}


def haemodynamics(frames: Frames, plan: TablePlan) -> dict[str, Any]:
    """Per criterion and per infusion, with the limit of every zero; findings by the clinician's decision."""
    population = population_of(frames, plan)
    table = Table(
        "haemodynamics", "Haemodynamic checks after the infusions", "treated", measures=dict(MEASURES)
    )
    if plan.protocol.haemodynamics is None and frames.haemodynamic_evaluations.empty:
        table.notes.append("The protocol plans no haemodynamic checks.")
        return table.as_dict()
    table.levels = _labels(plan)
    infusions = _per_infusion(frames.haemodynamic_evaluations)
    _infusions(table, infusions, frames, population)
    _criteria(table, frames.haemodynamic_evaluations, plan, population)
    _findings(table, frames.haemodynamic_findings, population)
    _notes(table, plan)
    return table.as_dict()


def _labels(plan: TablePlan) -> dict[str, str]:
    checks = plan.protocol.haemodynamics
    return {} if checks is None else {criterion.id: criterion.label for criterion in checks.criteria}


def _per_infusion(evaluations: pd.DataFrame) -> pd.DataFrame:
    """One row per infusion: hit when any criterion was, evaluable when any was hit or none is missing."""
    marked = evaluations[["participant", "infusion_number"]].assign(
        hit=evaluations["result"] == HIT, missing=evaluations["result"] == NOT_EVALUABLE
    )
    grouped = marked.groupby(["participant", "infusion_number"], observed=True).any().reset_index()
    return grouped.assign(evaluable=grouped["hit"] | ~grouped["missing"])


def _infusions(table: Table, infusions: pd.DataFrame, frames: Frames, population: Population) -> None:
    arms = population.arm_index[population.positions(infusions)]
    evaluable = infusions["evaluable"].to_numpy(dtype=bool)
    confirmed = frames.haemodynamic_findings[frames.haemodynamic_findings["decision"] == "CONFIRMED"]
    who = population.seen(population.positions(confirmed)) & population.treated
    table.compare(
        measure_key("participants_with_finding"),
        population.count(who), population.count(population.treated), population,
    )  # fmt: skip
    below = population.count_at(arms[evaluable])
    table.count(
        measure_key("infusions_with_finding"), _confirmed_infusions(confirmed, population), below, population
    )
    hit = infusions["hit"].to_numpy(dtype=bool)
    table.count(measure_key("infusions_with_hit"), population.count_at(arms[hit]), below, population)
    _not_evaluable(table, arms, evaluable, frames, population)


def _confirmed_infusions(confirmed: pd.DataFrame, population: Population) -> Integers:
    once = confirmed.drop_duplicates(["participant", "infusion_number"])
    return population.count_at(population.arm_index[population.positions(once)])


def _not_evaluable(
    table: Table, arms: Integers, evaluable: Flags, frames: Frames, population: Population
) -> None:
    evaluated = population.count_at(arms)
    table.count(
        measure_key("infusions_not_evaluable"), population.count_at(arms[~evaluable]), evaluated, population
    )
    given = population.count_at(population.arm_index[population.positions(frames.infusions)])
    without = np.maximum(given - evaluated, 0)
    table.count(measure_key("infusions_not_evaluated"), without, given, population)


def _criteria(table: Table, evaluations: pd.DataFrame, plan: TablePlan, population: Population) -> None:
    seen = evaluations["criterion"].cat.categories
    names = [*_labels(plan), *sorted(set(seen) - set(_labels(plan)))]
    places = pd.Index(names, dtype="object").get_indexer(seen)
    codes = np.append(places, -1)[evaluations["criterion"].cat.codes.to_numpy()]
    arms = population.arm_index[population.positions(evaluations)]
    counts = {
        result: _count(codes, arms, (evaluations["result"] == result).to_numpy(), len(names), population)
        for result in (HIT, NOT_MET, NOT_EVALUABLE)
    }
    evaluable = counts[HIT] + counts[NOT_MET]
    evaluated = evaluable + counts[NOT_EVALUABLE]
    for result, below in ((HIT, evaluable), (NOT_MET, evaluable), (NOT_EVALUABLE, evaluated)):
        keys = [measure_key(f"criterion_{result.lower()}", level=name) for name in names]
        table.cells += cells_of(keys, counts[result], below, population)


def _count(codes: Integers, arms: Integers, chosen: Flags, size: int, population: Population) -> Integers:
    return population.count_by(codes[chosen], arms[chosen], group_count=size)


def _findings(table: Table, findings: pd.DataFrame, population: Population) -> None:
    arms = population.arm_index[population.positions(findings)]
    every = population.count_at(arms)
    for decision in ("CONFIRMED", "REFUTED", "OPEN"):
        chosen = (findings["decision"] == decision).to_numpy()
        table.count(
            measure_key(f"finding_{decision.lower()}"), population.count_at(arms[chosen]), every, population
        )


def _notes(table: Table, plan: TablePlan) -> None:
    checks = plan.protocol.haemodynamics
    if checks is not None:
        table.notes.append(
            f"Criteria: {checks.rule_set}, within {checks.window_hours} h of the infusion. {checks.source}."
        )
    table.notes += [
        "An infusion is evaluable when a criterion was hit, or every criterion could be evaluated and none was.",
        "A hit is a candidate; a finding is what a clinician confirmed or refuted.",
        "Limits of infusions take them as independent, though one participant has several.",
    ]
