"""One participant with a serious event on one page: infusions, events, readings, antibodies (closed report only).

A profile shows the records that the tables count; it counts nothing itself. Their number is limited: a report of a very
large trial has those with the newest serious events, and gives the number of the others and where to find them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from reports.frames import Frames
from reports.tables.layout import Cell
from reports.tables.listing import listed
from reports.tables.plan import TablePlan
from reports.tables.population import Population, flags, population_of
from reports.tables.timeline import days_when, with_serious_event

MOST_PROFILES = 40
MOST_EVENTS = 60

EVENT_COLUMNS = (
    "event", "term", "grade", "severity", "serious", "causality", "outcome", "onset_text", "onset_latest_day",
    "end_text", "end_latest_day",
)  # fmt: skip
READING_COLUMNS = (
    "infusion_number", "minutes", "heart_rate_bpm", "map_mmhg", "spo2_percent", "norepinephrine_ug_min",
    "norepinephrine_charted",
)  # fmt: skip
FINDING_COLUMNS = ("infusion_number", "criterion", "hours_after_infusion", "decision")
TARGET_COLUMNS = ("specificity", "hla_class", "baseline_mfi", "last_mfi", "classification")


@dataclass(frozen=True)
class Profiles:
    """The profiles in the order of the codes, and the number of participants with a serious event and no profile."""

    shown: list[Cell]
    left_out: int


def profiles(frames: Frames, plan: TablePlan) -> Profiles:
    """A profile of every participant with a serious event, up to `MOST_PROFILES`, the newest serious events first."""
    population = population_of(frames, plan)
    chosen = _chosen(frames, population)
    every = int(with_serious_event(frames, population).sum())
    parts = _Parts(frames, plan, population, chosen)
    return Profiles([parts.profile(place) for place in chosen.tolist()], every - len(chosen))


def _chosen(frames: Frames, population: Population) -> np.ndarray:
    """Indices, by the time at which the last serious event was recorded; then in the order of the codes."""
    events = frames.adverse_events
    serious = flags(events["serious"])
    latest = (
        pd.Series(events["recorded_at"][serious].to_numpy())
        .groupby(population.positions(events[serious]), sort=True)
        .max()
    )
    newest = latest.sort_values(ascending=False, kind="stable", na_position="last").index[:MOST_PROFILES]
    codes = population.participants.to_numpy(dtype=object)
    return np.array(sorted(newest, key=lambda place: str(codes[place])), dtype=np.int64)


class _Parts:
    """The rows of the chosen participants, taken from every frame once and stored by position."""

    def __init__(self, frames: Frames, plan: TablePlan, population: Population, chosen: np.ndarray) -> None:
        self.plan, self.population, self.people = plan, population, frames.participants
        chosen_people = frames.participants.iloc[chosen]
        self.withdrawn, self.completed = (
            dict(zip(chosen.tolist(), days_when(chosen_people[name], chosen_people, plan), strict=True))
            for name in ("withdrawn_at", "completed_at")
        )
        # Whether an infusion was interrupted is in the closed report only, because it concerns the product.
        infusion_columns = ("number", "study_day", "volume_ml", *(() if plan.is_open else ("interrupted",)))
        self.infusions = self._rows(frames.infusions, chosen, infusion_columns)
        self.events = self._rows(frames.adverse_events, chosen, EVENT_COLUMNS)
        self.readings = self._rows(frames.haemodynamic_readings, chosen, READING_COLUMNS)
        self.findings = self._rows(frames.haemodynamic_findings, chosen, FINDING_COLUMNS)
        self.targets = self._rows(frames.dsa_findings, chosen, TARGET_COLUMNS)

    def _rows(
        self, frame: pd.DataFrame, chosen: np.ndarray, columns: tuple[str, ...]
    ) -> dict[int, list[Cell]]:
        """Per position the rows, in the order of the named columns."""
        positions = self.population.positions(frame)
        wanted = np.isin(positions, chosen)
        rows = listed(frame[wanted], columns)
        grouped: dict[int, list[Cell]] = {}
        for place, row in zip(positions[wanted].tolist(), rows, strict=True):
            grouped.setdefault(place, []).append(row)
        order = columns[:2]
        return {
            place: sorted(found, key=lambda row: _in_order(row, order)) for place, found in grouped.items()
        }

    def profile(self, place: int) -> Cell:
        person = self.people.iloc[place]
        return {
            "participant": str(person["participant"]),
            "site": str(person["site"]),
            **self._closed_only(person),
            "death_day": _plain(person["death_day"]),
            "died": bool(person["died"]),
            "withdrawn_day": self.withdrawn[place],
            "completed_day": self.completed[place],
            "infusions": self.infusions.get(place, []),
            **self._events(place),
            "readings": self.readings.get(place, []),
            "window_hours": self._window_hours(),
            "findings": self._findings(place),
            **({} if self.plan.is_open else {"targets": self._targets(place)}),
        }

    def _window_hours(self) -> float | None:
        checks = self.plan.protocol.haemodynamics
        return None if checks is None else float(checks.window_hours)

    def _closed_only(self, person: pd.Series) -> Cell:
        """Age and sex put a participant with an event into a subgroup whose small cells an open report withholds."""
        if self.plan.is_open:
            return {}
        return {name: _plain(person[name]) for name in ("arm", "age_years", "sex")}

    def _events(self, place: int) -> Cell:
        """Serious events first: of very many the others are left out, and counted."""
        causes = {category.code: category.label for category in self.plan.protocol.causality}
        rows = sorted(self.events.get(place, []), key=lambda row: (row["serious"] is not True, row["event"]))
        kept = [
            row | {"causality": causes.get(row["causality"], row["causality"])} for row in rows[:MOST_EVENTS]
        ]
        return {"events": kept, "events_left_out": max(len(rows) - MOST_EVENTS, 0)}

    def _findings(self, place: int) -> list[Cell]:
        checks = self.plan.protocol.haemodynamics
        labels = {} if checks is None else {criterion.id: criterion.label for criterion in checks.criteria}
        rows = self.findings.get(place, [])
        return [row | {"criterion": labels.get(row["criterion"], row["criterion"])} for row in rows]

    def _targets(self, place: int) -> list[Cell]:
        """Targets of the reference donor with an antibody at any time."""
        rules = self.plan.protocol.antibodies
        lowest = 0.0 if rules is None else float(rules.positive_mfi.lo)
        rows = self.targets.get(place, [])
        return [row for row in rows if max(row["baseline_mfi"] or 0, row["last_mfi"] or 0) >= lowest]


def _in_order(row: Cell, names: tuple[str, ...]) -> tuple[tuple[bool, Any], ...]:
    return tuple((row[name] is None, row[name] if row[name] is not None else 0) for name in names)


def _plain(value: Any) -> Any:
    if pd.isna(value):
        return None
    return value.item() if hasattr(value, "item") else value
