"""Serious adverse events by the six criteria of seriousness (ICH E2A): participants, and events separately."""

from __future__ import annotations

from typing import Any

from reports.frames import Frames
from reports.tables.event_windows import windowed_events
from reports.tables.layout import Table, measure_key
from reports.tables.plan import TablePlan
from reports.tables.population import flags, population_of

CRITERIA = {
    "results_in_death": "Results in death",
    "life_threatening": "Life-threatening at the time",
    "hospitalisation": "Hospitalisation or its prolongation",
    "disability": "Persistent or significant disability",
    "congenital_anomaly": "Congenital anomaly",
    "medically_important": "Other medically important",
}


def ae_seriousness(frames: Frames, plan: TablePlan) -> dict[str, Any]:
    """Per window and criterion: treated participants with such an event, and such events of the serious ones."""
    population = population_of(frames, plan)
    events = windowed_events(frames, population, plan.protocol.event_windows)
    serious = flags(frames.adverse_events["serious"])
    table = Table("ae_seriousness", "Serious adverse events by criterion of seriousness", "treated")
    table.measures = {
        "participants_by_criterion": "Participants with a serious event, by criterion",
        "sae_by_criterion": "Serious adverse events, by criterion",
    }
    table.levels = dict(CRITERIA)
    treated = population.count(population.treated)
    for window, inside in zip(events.windows, events.inside, strict=True):
        table.windows[window.id] = window.label
        every = population.count_at(population.arm_index[events.positions[inside & serious]])
        for name in CRITERIA:
            positions = events.positions[inside & serious & flags(frames.adverse_events[name])]
            who = population.count(population.seen(positions))
            what = population.count_at(population.arm_index[positions])
            key = {"level": name, "window": window.id}
            table.compare(measure_key("participants_by_criterion", **key), who, treated, population)
            table.count(measure_key("sae_by_criterion", **key), what, every, population)
    _notes(table, frames, serious)
    return table.as_dict()


def _notes(table: Table, frames: Frames, serious: Any) -> None:
    table.cells.sort(key=lambda cell: (list(table.windows).index(cell["window"]), cell["measure"]))
    table.notes.append("An event may meet several criteria: rows do not add up.")
    answered = [flags(frames.adverse_events[name]) for name in CRITERIA]
    none = serious.copy()
    for answers in answered:
        none &= ~answers
    table.note_if(int(none.sum()), "{n} serious events have no criterion answered with yes.")
