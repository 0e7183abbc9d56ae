"""The changes of events known at the last look: changed answers with old and new value; voided events."""

from __future__ import annotations

from typing import Any

import pandas as pd

from reports.frames import Frames
from reports.tables.layout import Table, measure_key
from reports.tables.listing import fill
from reports.tables.plan import TablePlan
from reports.tables.population import population_of

ANSWERS = {
    "voided": "Event voided",
    "term": "Term",
    "grade": "Grade",
    "severity": "Severity",
    "serious": "Seriousness",
    "causality": "Cause",
    "outcome": "Outcome",
    "onset": "Onset",
}


def changes_since_last_look(frames: Frames, plan: TablePlan) -> dict[str, Any]:
    """Counts of changed answers by kind, and every change in a line with its old and its new value."""
    population = population_of(frames, plan)
    changes = frames.event_changes
    table = Table(
        "changes_since_last_look", "Changed since the last look", "adverse events known at the last look"
    )
    table.measures = {"changed_events": "Events changed or voided", "changed_answers": "Answers changed"}
    table.levels = dict(ANSWERS)
    if plan.previous_cutoff_at is None:
        table.notes.append("This is the first report: nothing was known before it.")
        return table.as_dict()
    arms = population.arm_index[population.positions(changes)]
    each = ~changes.duplicated(["participant", "event"]).to_numpy(dtype=bool)
    table.count(measure_key("changed_events"), population.count_at(arms[each]), None, population)
    for answer in ANSWERS:
        chosen = (changes["what"] == answer).to_numpy(dtype=bool)
        if chosen.any():
            key = measure_key("changed_answers", level=answer)
            table.count(key, population.count_at(arms[chosen]), None, population)
    _lines(table, changes, frames, plan)
    return table.as_dict()


def _lines(table: Table, changes: pd.DataFrame, frames: Frames, plan: TablePlan) -> None:
    table.listing(
        participant="Participant",
        event="#Event no.",
        term="Term now",
        what="Answer",
        before="At the last look",
        now="Now",
    )
    terms = frames.adverse_events.set_index(["participant", "event"])["term"].astype("object")
    keys = zip(changes["participant"].astype(str), changes["event"], strict=True)
    causes = {category.code: category.label for category in plan.protocol.causality}
    lines = changes.assign(
        term=pd.Series([terms.get(key) for key in keys], index=changes.index, dtype="object"),
        before=[_worded(value, causes) for value in changes["before"]],
        now=[_worded(value, causes) for value in changes["now"]],
    ).sort_values(["participant", "event", "what"], kind="stable")
    lines["what"] = lines["what"].astype("object").map(lambda what: ANSWERS.get(what, what))
    fill(table, lines)


def _worded(value: Any, causes: dict[str, str]) -> Any:
    return causes.get(value, value) if isinstance(value, str) else None
