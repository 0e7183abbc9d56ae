"""Deaths: every participant once, whatever the number of fatal events."""

from __future__ import annotations

from typing import Any

import numpy as np

from reports.frames import Frames
from reports.tables.death_curve import add_death_curve
from reports.tables.event_windows import NO_DAY, study_days, within_days
from reports.tables.layout import Table, measure_key
from reports.tables.listing import fill
from reports.tables.plan import TablePlan
from reports.tables.population import Population, flags, population_of

MEASURES = {
    "participants_died": "Treated participants who died",
    "enrolled_participants_died": "Enrolled participants who died",
}


def deaths(frames: Frames, plan: TablePlan) -> dict[str, Any]:
    """Deaths of the treated and of all enrolled, those of the treated also per window of days; the listing."""
    population = population_of(frames, plan)
    people = frames.participants
    died = flags(people["died"]) | population.seen(population.positions(frames.deaths))
    table = Table("deaths", "Deaths", "treated", measures=dict(MEASURES))
    treated, enrolled = population.count(population.treated), population.count(population.enrolled)
    table.compare(
        measure_key("participants_died"), population.count(died & population.treated), treated, population
    )
    table.compare(
        measure_key("enrolled_participants_died"),
        population.count(died & population.enrolled),
        enrolled,
        population,
    )
    _per_window(table, frames, population, plan)
    add_death_curve(table, frames, population, plan)
    _lines(table, frames, population, plan)
    _notes(table, frames, population, died)
    return table.as_dict()


def _per_window(table: Table, frames: Frames, population: Population, plan: TablePlan) -> None:
    earliest, latest = (_days_of_death(frames, population, end) for end in ("earliest_day", "latest_day"))
    for window in plan.protocol.event_windows:
        if window.basis == "days":
            inside, undecided = within_days(earliest, latest, window)
            table.windows[window.id] = window.label
            table.compare(
                measure_key("participants_died", window=window.id),
                population.count(inside & population.treated), population.count(population.treated), population,
            )  # fmt: skip
            table.note_if(
                int((undecided & population.treated).sum()),
                f"{window.label}: {{n}} deaths with a partial or missing date were placed by the latest day that it allows.",
            )


def _days_of_death(frames: Frames, population: Population, end: str) -> np.ndarray:
    """The study day; where only a span of days is known, its first or last one (`end`)."""
    days = study_days(frames.participants["death_day"])
    positions = population.positions(frames.deaths)
    for name in (end, "study_day"):
        recorded = study_days(frames.deaths[name])
        days[positions] = np.where(recorded == NO_DAY, days[positions], recorded)
    return days


def _lines(table: Table, frames: Frames, population: Population, plan: TablePlan) -> None:
    arm = {} if plan.is_open else {"arm": "Arm"}
    table.listing(
        participant="Participant", **arm, study_day="#Study day", died_text="Date", cause="Cause",
        fatal_event="#Fatal event no.",
    )  # fmt: skip
    rows = frames.deaths.assign(arm=_arms(frames, population, plan))
    fill(table, rows.sort_values("participant"))


def _arms(frames: Frames, population: Population, plan: TablePlan) -> list[Any]:
    arms = frames.participants["arm"].astype("object").iloc[population.positions(frames.deaths)]
    return [None] * len(arms) if plan.is_open else arms.tolist()


def _notes(table: Table, frames: Frames, population: Population, died: np.ndarray) -> None:
    table.notes.append("A participant is counted once, however many fatal events were reported.")
    fatal = frames.adverse_events[frames.adverse_events["outcome"] == "FATAL"]
    with_event = population.seen(population.positions(fatal))
    table.note_if(
        int((died & ~with_event).sum()), "{n} of the dead have no adverse event with a fatal outcome."
    )
    table.note_if(
        int((with_event & ~died).sum()), "{n} participants have a fatal adverse event and no recorded death."
    )
    undated = died & (_days_of_death(frames, population, "latest_day") == NO_DAY)
    table.note_if(int(undated.sum()), "{n} deaths have no known study day and are in no window.")
