"""Whose blind was broken, how, and by whom the arms were learnt; when the key of the coded arms was opened.

ICH E6(R3) 4.1.4: every unblinding is documented, and an unplanned one assessed for its impact. The open report has the
number of participants alone: by participant, day and reason it would tell a site whom to ask.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from dsmb.frames import Frames
from dsmb.tables.layout import Table, measure_key
from dsmb.tables.listing import listed
from dsmb.tables.plan import TablePlan
from dsmb.tables.population import Population, population_of

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
        "expedited_report": "expedited report",
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
    """Participants by kind and coded arm, of the enrolled; in the closed report also every event and the key's openings."""
    population = population_of(frames, plan)
    table = Table("unblindings", "Unblinding", "enrolled")
    _participants(table, "participants_unblinded", frames.unblindings, population)
    if plan.is_open:
        table.notes.append("The closed report lists each of them; no arm is told in either.")
        return table.as_dict()
    for measure, kind in (
        ("participants_unblinded_in_emergency", "EMERGENCY"),
        ("participants_unblinded_inadvertently", "INADVERTENT"),
    ):
        of_kind = frames.unblindings[frames.unblindings["kind"] == kind]
        _participants(table, measure, of_kind, population)
    _without_second_person(table, frames.unblindings, population)
    _lines(table, frames, population)
    _notes(table, frames)
    return table.as_dict()


def _participants(table: Table, measure: str, events: pd.DataFrame, population: Population) -> None:
    """Enrolled participants with at least one such event, of the enrolled."""
    table.measures[measure] = MEASURES[measure]
    named = events[events["participant"].notna()]
    chosen = population.seen(population.positions(named)) & population.enrolled
    enrolled = population.count(population.enrolled)
    table.count(measure_key(measure), population.count(chosen), enrolled, population)


def _without_second_person(table: Table, events: pd.DataFrame, population: Population) -> None:
    measure = "emergencies_without_second_person"
    table.measures[measure] = MEASURES[measure]
    emergencies = events[events["kind"] == "EMERGENCY"]
    arms = population.arm_index[population.positions(emergencies)]
    alone = (emergencies["second_person"] == "nobody").to_numpy(dtype=bool)
    table.count(measure_key(measure), population.count_at(arms[alone]), population.count_at(arms), population)


def _lines(table: Table, frames: Frames, population: Population) -> None:
    table.listing(
        kind="Kind", participant="Participant", site="Site", arm="Arm", study_day="#Study day", happened_text="When",
        reason="Reason", second_person="Second person", learner="Learnt by", impact="Impact",
    )  # fmt: skip
    events = frames.unblindings
    words = {name: _in_words(events[name], known) for name, known in WORDS.items()}
    learner = events["learner"].astype("object").map(lambda role: role.replace("_", " "), na_action="ignore")
    rows = events.assign(**words, learner=learner, arm=_arms(events, frames, population))
    ordered = rows.sort_values(["kind", "number"], kind="stable")
    table.rows = listed(ordered, [column["id"] for column in table.columns])


def _in_words(series: pd.Series, words: dict[str, str]) -> pd.Series:
    return series.astype("object").map(lambda code: words.get(code, code), na_action="ignore")


def _arms(events: pd.DataFrame, frames: Frames, population: Population) -> pd.Series:
    """The coded arm of each event's participant; none where it concerns more than one."""
    arms = frames.participants["arm"].astype("object").to_numpy()
    named = events["participant"].notna().to_numpy()
    found = np.full(len(events), None, dtype=object)
    found[named] = arms[population.positions(events[named])]
    return pd.Series(found, index=events.index, dtype="object")


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
