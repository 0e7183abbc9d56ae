"""The protocol's safety boundaries: the prompts, the present states, the alerts and the answers.

A boundary is for the participants of one arm, or compares two. The closed report gives the state of every coded arm;
which of them is the control is in the key. The open report gives none: the state of a pooled group answers another
question.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd

from reports.choices import Recommendation
from reports.frames import Frames
from reports.rules.boundaries import BoundaryCounts, Design, UndesignedError, design_of, states_of
from reports.rules.boundaries.measures import DIED, RELATED_SERIOUS, SERIOUS, related_codes
from reports.rules.boundaries.wording import in_advance_text, state_text
from reports.tables.layout import Cell, Table, measure_key
from reports.tables.plan import NO_ARM, TablePlan
from reports.tables.population import Flags, Integers, Population, flags, known, population_of
from trials.rules.protocol import Boundary

MEASURES = {
    RELATED_SERIOUS: "Participants with a related serious event",
    SERIOUS: "Participants with a serious event",
    DIED: "Participants who died",
}
ANSWERS = {
    Recommendation.CONTINUE: "continue unmodified",
    Recommendation.MODIFY: "continue with modification",
    Recommendation.PAUSE: "suspend enrolment",
    Recommendation.STOP: "stop for harm",
    Recommendation.MORE_DATA: "ask for more data",
    Recommendation.AD_HOC: "meet again ad hoc",
}


def boundaries(frames: Frames, plan: TablePlan) -> dict[str, Any]:
    """Each boundary in advance ("3 of 5"), its state now on the treated participants, its alerts with their answers."""
    population = population_of(frames, plan)
    table = Table("boundaries", "Safety boundaries", "treated")
    if not plan.protocol.boundaries:
        table.notes.append("The protocol has no safety boundaries.")
        return table.as_dict()
    alerts = {} if plan.is_open else {"alerts": "Alerts and answers"}
    table.listing(boundary="Boundary", state="State", in_advance="Prompts at", **alerts, source="Source")
    for boundary in plan.protocol.boundaries:
        _fill(table, boundary, frames, population, plan)
    table.notes += [
        "A boundary is a prompt for the board, never a halt.",
        "An event whose cause is undetermined or not recorded counts as related (fail-safe).",
    ]
    return table.as_dict()


def _fill(table: Table, boundary: Boundary, frames: Frames, population: Population, plan: TablePlan) -> None:
    affected = _affected(boundary.measure, frames, plan, population)
    table.measures[boundary.measure] = MEASURES[boundary.measure]
    table.levels[boundary.id] = boundary.label
    counts, treated = population.count(affected & population.treated), population.count(population.treated)
    table.count(measure_key(boundary.measure, level=boundary.id), counts, treated, population)
    try:
        design = design_of(boundary, plan.protocol.looks)
    except UndesignedError as error:
        table.rows.append(_row(boundary, f"not computed: {error}", "", "", plan))
        return
    state = "in the closed report" if plan.is_open else _state(design, affected, frames, population)
    alerts = "" if plan.is_open else _alerts(frames.boundary_alerts, boundary)
    table.rows.append(_row(boundary, state, in_advance_text(design), alerts, plan))


def _row(boundary: Boundary, state: str, in_advance: str, alerts: str, plan: TablePlan) -> Cell:
    closed = {} if plan.is_open else {"alerts": alerts}
    return {
        "boundary": boundary.label, "state": state, "in_advance": in_advance, **closed, "source": boundary.source,
    }  # fmt: skip


def _affected(measure: str, frames: Frames, plan: TablePlan, population: Population) -> Flags:
    """The participants that the boundary's measure counts, at any time of the event."""
    if measure == DIED:
        return flags(frames.participants["died"])
    events = frames.adverse_events
    counted = flags(events["serious"])
    if measure == RELATED_SERIOUS:
        counted = counted & _related(events["causality"], plan)
    return population.seen(population.positions(events)[counted])


def _related(causality: pd.Series, plan: TablePlan) -> Flags:
    related = causality.isin(related_codes(plan.protocol.causality)).to_numpy(dtype=bool)
    return related | ~known(causality)


def _state(design: Design, affected: Flags, frames: Frames, population: Population) -> str:
    """One sentence per coded arm, or per pair of arms."""
    order = _order_of_treatment(frames.participants)
    arms = {
        arm: affected[order[(population.arm_index[order] == i) & population.treated[order]]]
        for i, arm in enumerate(population.arms)
        if arm != NO_ARM
    }
    states: tuple[BoundaryCounts, ...] = states_of(design, arms)
    return "; ".join(state_text(design, state) for state in states) or "no state: it compares two arms"


def _order_of_treatment(people: pd.DataFrame) -> Integers:
    """Indices in the order of the first infusion, then of the codes; participants without one come last."""
    codes = people["participant"].astype("object").to_numpy(dtype=str)
    first = people["first_infusion_at"].to_numpy(dtype="datetime64[us]")
    return np.lexsort((codes, first, np.isnat(first))).astype(np.int64)


def _alerts(alerts: pd.DataFrame, boundary: Boundary) -> str:
    """Every alert so far: when, of which arm, at which counts, and the board's answer."""
    if alerts.empty:
        return "none"
    mine = alerts[alerts["boundary"] == boundary.id].sort_values("raised_at", kind="stable")
    return "; ".join(_alert(row) for row in mine.to_dict("records")) or "none"


def _alert(row: dict[Hashable, Any]) -> str:
    other = f" against {row['against']}" if isinstance(row["against"], str) else ""
    answer = ANSWERS[Recommendation(row["answer"])] if isinstance(row["answer"], str) else "no answer yet"
    when = f"{row['raised_at']:%d %b %Y %H:%M} UTC"
    return f"{when}, arm {row['arm']}{other}, {row['affected']} of {row['evaluable']}: {answer}"
