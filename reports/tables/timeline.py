"""Each participant as a lane: infusions, events, end.

The table of the swimmer figure, and the input of profiles.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from reports.frames import Frames
from reports.tables.event_windows import NO_DAY, study_days
from reports.tables.layout import Cell, Table
from reports.tables.listing import plain_values
from reports.tables.maturity import last_days
from reports.tables.plan import TablePlan
from reports.tables.population import Flags, Population, flags, population_of

MOST_LANES = 60


def timeline(frames: Frames, plan: TablePlan) -> dict[str, Any]:
    """One line per treated participant, those with a serious event first, then by code; at most `MOST_LANES`."""
    population = population_of(frames, plan)
    table = Table("timeline", "Participants over time", "treated")
    # The site, with the deaths and withdrawals of all, would make small cells: closed report only.
    sealed = {} if plan.is_open else {"site": "Site", "arm": "Arm"}
    table.listing(
        participant="Participant", **sealed, infusion_days="Infusions, study days",
        serious_days="Serious events, study days", other_events="#Other events", death_day="#Death, study day",
        withdrawn_day="#Withdrawal, study day", completed_day="#Completion, study day",
        followed_to_day="#Followed to study day",
    )  # fmt: skip
    table.absent("none", "infusion_days", "serious_days", "withdrawn_day", "completed_day", "death_day")
    chosen = first_lanes(frames, population, MOST_LANES)
    table.rows = _lines(frames, population, plan, chosen)
    undated = flags(frames.participants["died"]) & (study_days(frames.participants["death_day"]) == NO_DAY)
    table.note_if(
        int((undated & population.treated).sum()), "{n} treated participants died on a day that is not known."
    )
    table.note_if(
        int(population.treated.sum()) - len(chosen),
        "{n} more treated participants are left out here: participants with a serious event come first, then "
        "the order of codes. "
        "The tables count everybody.",
    )
    return table.as_dict()


def with_serious_event(frames: Frames, population: Population) -> Flags:
    """The participants with a serious event at any time."""
    serious = frames.adverse_events[flags(frames.adverse_events["serious"])]
    return population.seen(population.positions(serious))


def first_lanes(frames: Frames, population: Population, most: int) -> np.ndarray:
    """Positions of the treated: those with a serious event first, then in the order of their codes."""
    treated = np.flatnonzero(population.treated)
    codes = population.participants.to_numpy(dtype=object)[treated]
    calm = ~with_serious_event(frames, population)[treated]
    order = np.lexsort((codes.astype(str), calm))
    return treated[order][:most]


def _lines(frames: Frames, population: Population, plan: TablePlan, chosen: np.ndarray) -> list[Cell]:
    people = frames.participants.iloc[chosen]
    infusions = _days_by_participant(frames.infusions, "study_day", population, chosen)
    events = frames.adverse_events
    is_serious = flags(events["serious"])
    serious = _days_by_participant(events[is_serious], "onset_latest_day", population, chosen)
    others = np.bincount(population.positions(events[~is_serious]), minlength=len(population.participants))
    withdrawn, completed = (
        days_when(people[name], people, plan) for name in ("withdrawn_at", "completed_at")
    )
    sites, arms = (plain_values(people[name]) for name in ("site", "arm"))
    deaths = plain_values(people["death_day"])
    today = _days_at_cutoff(people, plan)
    return [
        {
            "participant": str(population.participants[place]),
            **({} if plan.is_open else {"site": sites[i], "arm": arms[i]}),
            "infusion_days": infusions.get(place, []),
            "serious_days": serious.get(place, []),
            "other_events": int(others[place]),
            "death_day": deaths[i],
            "withdrawn_day": withdrawn[i],
            "completed_day": completed[i],
            "followed_to_day": _earliest(
                deaths[i], withdrawn[i], completed[i], today[i], *last_days(plan)[-1:]
            ),
        }
        for i, place in enumerate(chosen.tolist())
    ]


def _days_by_participant(
    frame: pd.DataFrame, column: str, population: Population, chosen: np.ndarray
) -> dict[int, list[int | None]]:
    """Study days in order per position; an event without a day is None."""
    positions = population.positions(frame)
    wanted = np.isin(positions, chosen)
    days = study_days(frame[column])[wanted]
    grouped: dict[int, list[int | None]] = {}
    for place, day in sorted(zip(positions[wanted].tolist(), days.tolist(), strict=True)):
        grouped.setdefault(place, []).append(None if day == NO_DAY else day)
    return grouped


def _days_at_cutoff(people: pd.DataFrame, plan: TablePlan) -> list[int | None]:
    if plan.data_cutoff_at is None:
        return [None] * len(people)
    day = pd.Timestamp(plan.data_cutoff_at).tz_convert(plan.protocol.timezone).tz_localize(None).normalize()
    return [None if math.isnan(one) else int(one) for one in (day - people["day0"]).dt.days.tolist()]


def _earliest(*days: int | None) -> int | None:
    return min((day for day in days if day is not None), default=None)


def days_when(moments: pd.Series, people: pd.DataFrame, plan: TablePlan) -> list[int | None]:
    """The study day of each moment, None where there is none or day 0 is not known."""
    local = moments.dt.tz_convert(plan.protocol.timezone).dt.tz_localize(None).dt.normalize()
    days = (local - people["day0"]).dt.days
    return [None if math.isnan(day) else int(day) for day in days.tolist()]
