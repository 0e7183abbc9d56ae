"""The protocol's safety boundaries: what would prompt the board at each look, and where things stand.

A boundary is for the participants of one arm. The closed report gives the state of every coded arm: which of
them is the control stays in the key. The open report gives none: the state of a pooled group answers another
question.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dsmb.frames import Frames
from dsmb.rules.boundaries import BetaBinomialBoundary
from dsmb.tables.layout import Cell, Table, measure_key
from dsmb.tables.plan import TablePlan
from dsmb.tables.population import Flags, Population, flags, known, population_of
from trials.rules.protocol import Boundary

RELATED_SERIOUS = "participants_with_related_sae"
SERIOUS = "participants_with_sae"
DIED = "participants_died"


def boundaries(frames: Frames, plan: TablePlan) -> dict[str, Any]:
    """Each boundary in advance ("3 of 5") and its state now, on the treated participants."""
    population = population_of(frames, plan)
    table = Table("boundaries", "Safety boundaries", "treated")
    if not plan.protocol.boundaries:
        table.notes.append("The protocol has no safety boundaries.")
        return table.as_dict()
    table.listing(boundary="Boundary", state="State", in_advance="Prompts at", source="Source")
    for boundary in plan.protocol.boundaries:
        _fill(table, boundary, frames, population, plan)
    table.notes += [
        "A boundary is a prompt for the board, never a halt.",
        "An event whose cause is undetermined or not recorded counts as related (fail-safe).",
    ]
    return table.as_dict()


def _fill(table: Table, boundary: Boundary, frames: Frames, population: Population, plan: TablePlan) -> None:
    rule = _rule(boundary)
    affected = _affected(boundary.measure, frames, plan, population)
    if rule is None or affected is None:
        what = boundary.method if rule is None else boundary.measure
        table.rows.append(_row(boundary, f"not computed: {what.replace('_', ' ')} is not supported", ""))
        return
    table.measures[boundary.measure] = boundary.label
    counts, treated = population.count(affected & population.treated), population.count(population.treated)
    table.count(measure_key(boundary.measure, level=boundary.id), counts, treated, population)
    states = [] if plan.is_open else _states(rule, population, counts, treated)
    state = "; ".join(states) or "in the closed report"
    table.rows.append(_row(boundary, state, _in_advance(rule, plan.protocol.looks)))


def _row(boundary: Boundary, state: str, in_advance: str) -> Cell:
    return {"boundary": boundary.label, "state": state, "in_advance": in_advance, "source": boundary.source}


def _rule(boundary: Boundary) -> BetaBinomialBoundary | None:
    if boundary.method != "beta_binomial" or boundary.prior_alpha is None or boundary.prior_beta is None:
        return None
    return BetaBinomialBoundary(
        float(boundary.null_rate),
        float(boundary.threshold),
        float(boundary.prior_alpha),
        float(boundary.prior_beta),
    )


def _affected(measure: str, frames: Frames, plan: TablePlan, population: Population) -> Flags | None:
    """The participants that the boundary's measure counts, whenever the event happened."""
    events = frames.adverse_events
    positions, serious = population.positions(events), flags(events["serious"])
    if measure == RELATED_SERIOUS:
        return population.seen(positions[serious & _related(frames, plan)])
    if measure == SERIOUS:
        return population.seen(positions[serious])
    if measure == DIED:
        return flags(frames.participants["died"])
    return None


def _related(frames: Frames, plan: TablePlan) -> Flags:
    causality = frames.adverse_events["causality"]
    related = [c.code for c in plan.protocol.causality if c.is_related or c.is_undetermined]
    return causality.isin(related).to_numpy(dtype=bool) | ~known(causality)


def _states(
    rule: BetaBinomialBoundary, population: Population, counts: np.ndarray, treated: np.ndarray
) -> list[str]:
    """One sentence per coded arm."""
    return [_state(rule, arm, int(counts[i]), int(treated[i])) for i, arm in enumerate(population.arms)]


def _state(rule: BetaBinomialBoundary, arm: str, affected: int, treated: int) -> str:
    word = "PROMPT" if rule.prompts(affected, treated) else "no prompt"
    posterior = rule.posterior(affected, treated)
    return f"arm {arm}: {word}, {affected} of {treated} treated, posterior probability {posterior:.3f}"


def _in_advance(rule: BetaBinomialBoundary, looks: tuple[int, ...]) -> str:
    """What would prompt if so many of the arm were treated; the looks' numbers serve as a scale."""
    points = [(rule.prompts_at(look), look) for look in looks]
    return ", ".join(f"{fewest} of {look}" for fewest, look in points if fewest is not None)
