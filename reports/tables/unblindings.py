"""Broken blinds: participants, kinds, and who learnt the arms; and the openings of the key of the coded arms.

ICH E6(R3) 4.1.4: every unblinding is documented, and an unplanned one assessed for its impact. The open report has the
number of participants only: by participant, day and reason it would reveal to a site whom to ask.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reports.frames import Frames
from reports.tables.layout import Table, measure_key
from reports.tables.listing import plain_values
from reports.tables.plan import TablePlan
from reports.tables.population import Flags, Integers, Population, population_of

MEASURES = {
    "participants_unblinded": "Participants whose blind was broken",
    "participants_unblinded_in_emergency": "Participants unblinded in an emergency",
    "participants_unblinded_inadvertently": "Participants unblinded inadvertently",
    "emergencies_without_second_person": "Emergency unblindings without a second person",
}
WORDS = {
    "kind": {"EMERGENCY": "emergency", "INADVERTENT": "inadvertent"},
    "reason": {
        "treatment": "treatment depends on it",
        "transfusion_or_hla": "transfusion, platelets or transplantation",
        "other": "another emergency",
    },
    "second_person": {
        "beside": "present",
        "own_session": "present, in their own session",
        "nobody": "none could be reached",
    },
    "impact": {
        "not_assessed": "not assessed yet",
        "none": "none",
        "limited": "limited: one participant's assessments",
        "serious": "serious: an outcome or more than one participant",
    },
}


def unblindings(frames: Frames, plan: TablePlan) -> dict[str, Any]:
    """Participants by kind and coded arm, of the enrolled.

    In the closed report also every event and the key's openings.
    """
    population = population_of(frames, plan)
    table = Table("unblindings", "Unblinding", "enrolled")
    events = _events_of(frames, population)
    _participants(table, "participants_unblinded", events, events.is_named, population)
    if plan.is_open:
        table.notes.append("The closed report lists each of them; no arm is told in either.")
        return table.as_dict()
    for measure, kind in (
        ("participants_unblinded_in_emergency", "EMERGENCY"),
        ("participants_unblinded_inadvertently", "INADVERTENT"),
    ):
        _participants(table, measure, events, events.is_named & events.has("kind", kind), population)
    _without_second_person(table, events, population)
    _lines(table, frames, events)
    _notes(table, frames)
    return table.as_dict()


@dataclass(frozen=True)
class _Events:
    """The unblindings; of those that concern one participant (`is_named`) the index of that participant."""

    frame: pd.DataFrame
    is_named: Flags
    positions: Integers

    def has(self, name: str, code: str) -> Flags:
        """Which events have this answer."""
        return (self.frame[name] == code).to_numpy(dtype=bool)

    def worded(self, name: str, words: Callable[[str], str]) -> NDArray[np.object_]:
        """The answers in words, each code looked up once; None where there is none."""
        answers = self.frame[name].cat
        return np.array([*map(words, answers.categories), None], dtype=object)[answers.codes]


def _events_of(frames: Frames, population: Population) -> _Events:
    events = frames.unblindings
    is_named = events["participant"].cat.codes.to_numpy() >= 0
    positions = population.positions(events) if is_named.any() else np.full(len(events), -1)
    return _Events(events, is_named, positions)


def _participants(table: Table, measure: str, events: _Events, which: Flags, population: Population) -> None:
    """Enrolled participants with at least one such event, of the enrolled."""
    table.measures[measure] = MEASURES[measure]
    chosen = population.seen(events.positions[which]) & population.enrolled
    enrolled = population.count(population.enrolled)
    table.count(measure_key(measure), population.count(chosen), enrolled, population)


def _without_second_person(table: Table, events: _Events, population: Population) -> None:
    measure = "emergencies_without_second_person"
    table.measures[measure] = MEASURES[measure]
    is_emergency = events.has("kind", "EMERGENCY")
    arms = population.arm_index[events.positions[is_emergency]]
    alone = arms[events.has("second_person", "nobody")[is_emergency]]
    below = population.count_at(arms)
    table.count(measure_key(measure), population.count_at(alone), below, population)


def _lines(table: Table, frames: Frames, events: _Events) -> None:
    table.listing(
        kind="Kind", participant="Participant", site="Site", arm="Arm", study_day="#Study day", happened_text="When",
        reason="Reason", second_person="Second person", learner="Learnt by", impact="Impact",
    )  # fmt: skip
    worded = {
        **{name: events.worded(name, _known(words)) for name, words in WORDS.items()},
        "learner": events.worded("learner", lambda role: role.replace("_", " ")),
        "arm": _arms(frames, events),
    }
    order = np.lexsort((events.frame["number"].to_numpy(dtype=np.int64), events.frame["kind"].cat.codes))
    names = [column["id"] for column in table.columns]
    columns = [
        worded[name][order].tolist() if name in worded else plain_values(events.frame[name].iloc[order])
        for name in names
    ]
    table.rows = [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


def _known(words: dict[str, str]) -> Callable[[str], str]:
    return lambda code: words.get(code, code)


def _arms(frames: Frames, events: _Events) -> NDArray[np.object_]:
    """The coded arm of each event's participant; none where it concerns more than one."""
    arms = np.array([*plain_values(frames.participants["arm"]), None], dtype=object)
    return arms[np.where(events.is_named, events.positions, -1)]


def _notes(table: Table, frames: Frames) -> None:
    events = frames.unblindings
    if events.empty:
        table.notes.append("No unblinding is recorded.")
    table.note_if(
        int(events["participant"].isna().sum()),
        "{n} inadvertent unblindings concern more than one participant: listed, and counted in no arm.",
    )
    openings = frames.arm_key_openings.sort_values("opened_at")
    for account, moment in zip(openings["account"], openings["opened_at"], strict=True):
        when = moment.strftime("%d %b %Y, %H:%M UTC")
        table.notes.append(
            f"The key of the coded arms was opened by the unblinded statistician (account {account}) on {when}."
        )
    if openings.empty:
        table.notes.append("The key of the coded arms has not been opened.")
