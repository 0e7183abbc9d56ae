"""Every serious adverse event, one line each."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from reports.frames import Frames
from reports.tables.event_windows import windowed_events
from reports.tables.layout import Table
from reports.tables.listing import LEFT_OUT, MOST_ROWS, listed
from reports.tables.plan import TablePlan
from reports.tables.population import flags, known, population_of

CRITERIA = {
    "results_in_death": "death",
    "life_threatening": "life-threatening",
    "hospitalisation": "hospitalisation",
    "disability": "disability",
    "congenital_anomaly": "congenital anomaly",
    "medically_important": "medically important",
}


def sae_listing(frames: Frames, plan: TablePlan) -> dict[str, Any]:
    """All serious events by participant and number, also those outside the windows and of the untreated."""
    population = population_of(frames, plan)
    is_serious = flags(frames.adverse_events["serious"])
    serious = frames.adverse_events[is_serious]
    table = Table("sae_listing", "Serious adverse events: listing", "all participants")
    _name_columns(table, plan)
    every = len(serious)
    serious = serious.sort_values(["participant", "event"], kind="stable").head(MOST_ROWS)
    people = frames.participants.iloc[population.positions(serious)]
    lines = serious.assign(
        site=people["site"].to_numpy(),
        arm=people["arm"].to_numpy(),
        criteria=_criteria(serious),
        causality=_labels(serious["causality"], plan),
        is_new=_is_new(serious, plan),
        **{name: _worded(serious[name]) for name in ("severity", "expectedness", "outcome")},
    )
    table.rows = listed(lines, [column["id"] for column in table.columns])
    table.note_if(every - len(lines), LEFT_OUT)
    outside = is_serious & ~windowed_events(frames, population, plan.protocol.event_windows).anywhere
    table.note_if(
        int(outside.sum()),
        "{n} of these events are in no window of the overview: of the untreated, without onset, or outside.",
    )
    return table.as_dict()


def _name_columns(table: Table, plan: TablePlan) -> None:
    arm = {} if plan.is_open else {"arm": "Arm"}
    verbatim = {} if plan.is_open else {"verbatim": "As reported"}
    table.listing(
        participant="Participant", event="#Event no.", site="Site", **arm, soc="Class", term="Term", **verbatim,
        grade="#Grade", severity="Severity", criteria="Serious because", causality="Cause",
        expectedness="Expectedness", outcome="Outcome", onset_text="Onset", onset_latest_day="#Onset, study day",
        infusion_number="#After infusion", hours_after_infusion="#Hours after its start", end_text="End",
        is_new="New since the last look",
    )  # fmt: skip


def _criteria(serious: pd.DataFrame) -> pd.Series:
    """The criteria answered yes, per event; none when none was answered."""
    answers = (
        np.column_stack([flags(serious[name]) for name in CRITERIA]) if len(serious) else np.empty((0, 6))
    )
    words = tuple(CRITERIA.values())
    named = [[word for word, answer in zip(words, row, strict=True) if answer] for row in answers]
    return pd.Series(named, index=serious.index, dtype="object")


def _worded(codes: pd.Series) -> pd.Series:
    """A code as a word: ``NOT RECOVERED/NOT RESOLVED`` as ``Not recovered/not resolved``."""
    return codes.astype("object").map(lambda code: code.replace("_", " ").capitalize(), na_action="ignore")


def _labels(causality: pd.Series, plan: TablePlan) -> pd.Series:
    labels = {category.code: category.label for category in plan.protocol.causality}
    return causality.astype("object").map(lambda code: labels.get(code, code), na_action="ignore")


def _is_new(serious: pd.DataFrame, plan: TablePlan) -> pd.Series:
    """Recorded after the last look's cut-off; unknown when there was no look or no time of recording."""
    if plan.previous_cutoff_at is None:
        return pd.Series(None, index=serious.index, dtype="object")
    later = serious["recorded_at"] > pd.Timestamp(plan.previous_cutoff_at)
    return later.astype("object").where(known(serious["recorded_at"]), None)
