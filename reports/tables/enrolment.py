"""The state of the trial: screened, enrolled, treated, withdrawn, died; per site; the curve."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from reports.frames import Frames
from reports.tables.layout import Cell, Table, cells_of, measure_key
from reports.tables.plan import NO_ARM, TablePlan
from reports.tables.population import Flags, Population, flags, known, population_of
from trials.rules.protocol import EnrolmentPace, Protocol

DAYS_PER_MONTH = 30.4375  # 365.25 / 12

MEASURES = {
    "screened": "Screened",
    "enrolled": "Enrolled",
    "enrolled_of_planned": "Enrolled, of the number planned",
    "expected_by_now": "Expected by the data cut-off, at the planned pace",
    "treated": "Treated (safety population)",
    "withdrawn": "Withdrawn",
    "died": "Died",
    "enrolled_by_site": "Enrolled, by site",
    "treated_by_site": "Treated, by site",
}


def enrolment(frames: Frames, plan: TablePlan) -> dict[str, Any]:
    """Counts per column, sites, and `curve`: the participants enrolled up to each day with an enrolment.

    Days of the curve are in the protocol's time zone. Screened and planned numbers have no arm: total only.
    """
    population = population_of(frames, plan)
    people = frames.participants
    table = Table("enrolment", "Enrolment", "screened", measures=dict(MEASURES))
    _stages(table, people, population, plan.protocol.planned_participants)
    _sites(table, "enrolled_by_site", people, population.enrolled, population)
    _sites(table, "treated_by_site", people, population.treated, population)
    table.curve = _curve(people, plan.protocol)
    _expected(table, plan)
    _notes(table, people, population, plan)
    return table.as_dict()


def _stages(table: Table, people: pd.DataFrame, population: Population, planned: int) -> None:
    everyone = np.ones(len(people), dtype=bool)
    enrolled = population.count(population.enrolled)
    in_trial = population.enrolled | population.treated
    screened = population.count(everyone)
    table.count(measure_key("screened"), screened, None, population)
    table.count(measure_key("enrolled"), enrolled, screened, population)
    table.count(measure_key("enrolled_of_planned"), enrolled, np.full_like(enrolled, planned), population)
    totals_only = ("screened", "enrolled_of_planned")
    table.cells = [c for c in table.cells if c["measure"] not in totals_only or c["arm"] == "total"]
    table.count(measure_key("treated"), population.count(population.treated & in_trial), enrolled, population)
    withdrawn = known(people["withdrawn_at"]) & in_trial
    table.count(measure_key("withdrawn"), population.count(withdrawn), enrolled, population)
    table.count(measure_key("died"), population.count(flags(people["died"]) & in_trial), enrolled, population)


def _sites(table: Table, measure: str, people: pd.DataFrame, chosen: Flags, population: Population) -> None:
    sites = people["site"].cat.categories
    codes = people["site"].cat.codes.to_numpy()[chosen].astype(np.int64)
    counts = population.count_by(codes, population.arm_index[chosen], group_count=len(sites))
    below = np.tile(population.count(chosen), (len(sites), 1))
    table.cells += cells_of([measure_key(measure, level=site) for site in sites], counts, below, population)


def _curve(people: pd.DataFrame, protocol: Protocol) -> list[Cell]:
    """The number enrolled up to each day; with a planned pace also the expected number."""
    moments = people["enrolled_at"].dropna().dt.tz_convert(protocol.timezone)
    days, counts = np.unique(moments.dt.tz_localize(None).to_numpy("datetime64[D]"), return_counts=True)
    return [
        {"date": day.isoformat(), "enrolled": enrolled, **_expectation(protocol, day)}
        for day, enrolled in zip(days.tolist(), np.cumsum(counts).tolist(), strict=True)
    ]


def _expectation(protocol: Protocol, day: date) -> dict[str, float]:
    if protocol.enrolment_pace is None:
        return {}
    return {"expected": round(expected_by(protocol.enrolment_pace, day, protocol.planned_participants), 1)}


def expected_by(pace: EnrolmentPace, day: date, planned: int) -> float:
    """Participants expected by the end of the day: a straight line from the start, up to the number planned."""
    months = max((day - pace.starts).days + 1, 0) / DAYS_PER_MONTH
    return min(float(pace.participants_per_month) * months, float(planned))


def _expected(table: Table, plan: TablePlan) -> None:
    pace = plan.protocol.enrolment_pace
    if pace is None or plan.data_cutoff_at is None:
        return
    day = plan.data_cutoff_at.astimezone(ZoneInfo(plan.protocol.timezone)).date()
    expected = int(expected_by(pace, day, plan.protocol.planned_participants))
    key = {**measure_key("expected_by_now"), "arm": "total"}
    table.cells.append(
        {**key, "count": expected, "denominator": None, "percent": None, "ci_low": None, "ci_high": None}
    )
    table.notes.append(
        f"Planned pace: {pace.participants_per_month} participants a month from {pace.starts}. {pace.source}."
    )


def _notes(table: Table, people: pd.DataFrame, population: Population, plan: TablePlan) -> None:
    table.notes.append(f"Enrolled is counted at {plan.protocol.enrolment_event.replace('_', ' ')}.")
    untreated = int((population.enrolled & ~population.treated).sum())
    table.note_if(untreated, "{n} enrolled participants are not in the treated population.")
    if not plan.is_open:
        without_arm = int((population.enrolled & ~known(people["arm"])).sum())
        place = f"stand under '{NO_ARM}'" if NO_ARM in population.arms else "count in the total only"
        table.note_if(without_arm, f"{{n}} enrolled participants have no arm: they {place}.")
    stated = known(people["safety_population"])
    differ = stated & (flags(people["safety_population"]) != flags(people["treated"]))
    table.note_if(
        int(differ.sum()),
        "For {n} participants the population flag as given differs from the doses recorded; the flag decides.",
    )
