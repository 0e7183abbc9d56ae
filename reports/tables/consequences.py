"""The consequences of adverse events: infusions withheld or interrupted, death.

And events that count as related.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reports.frames import Frames
from reports.rules.boundaries.measures import related_codes
from reports.tables.event_windows import windowed_events
from reports.tables.layout import Table, measure_key
from reports.tables.plan import TablePlan
from reports.tables.population import Flags, flags, known, population_of

SEVERE_GRADE = 3  # CTCAE: severe
MEASURES = {
    "participants_with_ae_discontinuation": "Participants with an event that led to further infusions being withheld",
    "participants_with_ae_interruption": "Participants with an event that led to an infusion being interrupted",
    "participants_with_fatal_ae": "Participants with an event whose outcome was fatal",
    "participants_with_related_ae": "Participants with an event that counts as related",
    "participants_with_related_sae_in_window": "Participants with a serious event that counts as related",
    "participants_with_grade_3_ae": "Participants with an event of grade 3 or higher",
}


def ae_consequences(frames: Frames, plan: TablePlan) -> dict[str, Any]:
    """Treated participants per window; each counts once in a row."""
    population = population_of(frames, plan)
    events = windowed_events(frames, population, plan.protocol.event_windows)
    table = Table("ae_consequences", "Adverse events: consequences and causality", "treated")
    chosen = _chosen(frames, plan)
    table.measures = {name: MEASURES[name] for name in chosen}
    treated = population.count(population.treated)
    for window, inside in zip(events.windows, events.inside, strict=True):
        table.windows[window.id] = window.label
        for measure, rows in chosen.items():
            who = population.count(population.seen(events.positions[inside & rows]))
            table.compare(measure_key(measure, window=window.id), who, treated, population)
    _notes(table, frames, plan)
    return table.as_dict()


def _chosen(frames: Frames, plan: TablePlan) -> Mapping[str, Flags]:
    events = frames.adverse_events
    related = related_events(frames, plan)
    chosen = {
        "participants_with_ae_discontinuation": (events["action_taken"] == "DRUG WITHDRAWN").to_numpy(),
        "participants_with_ae_interruption": (events["action_taken"] == "DRUG INTERRUPTED").to_numpy(),
        "participants_with_fatal_ae": (events["outcome"] == "FATAL").to_numpy(),
        "participants_with_related_ae": related,
        "participants_with_related_sae_in_window": related & flags(events["serious"]),
    }
    if plan.protocol.dictionary.is_graded:
        chosen["participants_with_grade_3_ae"] = (events["grade"] >= SEVERE_GRADE).to_numpy(
            dtype=bool, na_value=False
        )
    return chosen


def related_events(frames: Frames, plan: TablePlan) -> Flags:
    """Related, undetermined or not recorded: a cause that is not excluded counts (fail-safe)."""
    causality = frames.adverse_events["causality"]
    related = related_codes(plan.protocol.causality)
    return causality.isin(related).to_numpy(dtype=bool) | ~known(causality)


def _notes(table: Table, frames: Frames, plan: TablePlan) -> None:
    labels = ", ".join(c.label for c in plan.protocol.causality if c.is_related or c.is_undetermined)
    table.notes.append(
        f"Counts as related (fail-safe): {labels}, and every event whose cause is not recorded. Causes as recorded are in "
        "the overview."
    )
    table.note_if(
        int((~known(frames.adverse_events["action_taken"])).sum()),
        "For {n} adverse events it is not recorded what was done with the infusions; they count in neither of "
        "the first two rows.",
    )
