"""The hours after the infusions, measured: each variable at each planned check, summarised over the infusions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from reports.frames import Frames
from reports.tables.layout import Table, measure_key, summary_cells
from reports.tables.plan import TablePlan
from reports.tables.population import Integers, Population, population_of
from trials.rules.protocol import HaemodynamicPlan

LARGEST_IN_MINUTES = 120
VARIABLES = {
    "map_mmhg": "Mean arterial pressure, mmHg",
    "heart_rate_bpm": "Heart rate, beats/min",
    "spo2_percent": "Oxygen saturation, %",
    "norepinephrine_ug_min": "Norepinephrine base, µg/min",
}


def haemodynamic_course(frames: Frames, plan: TablePlan) -> dict[str, Any]:
    """Median, quartiles and number of infusions with a value, per variable, planned check and column.

    A reading belongs to a check when it was taken within its tolerance; of several the one nearest to it counts.
    """
    population = population_of(frames, plan)
    table = Table(
        "haemodynamic_course", "Readings around the infusions", "infusions given", measures=dict(VARIABLES)
    )
    checks = plan.protocol.haemodynamics
    if checks is None or frames.haemodynamic_readings.empty:
        table.notes.append("No readings around infusions are recorded.")
        return table.as_dict()
    readings = _at_checks(frames.haemodynamic_readings, checks)
    arms = population.arm_index[population.positions(readings)]
    table.levels = {level(check.minutes): level(check.minutes) for check in checks.checks}
    for variable in VARIABLES:
        _fill(table, variable, readings, arms, checks, population)
    table.notes.append(
        "Infusions whose start is known to the minute; n counts infusions with a value, of those with any reading at the "
        "check, several of one participant included. "
        f"Planned checks: {checks.checks_source}."
    )
    _note_rates_left_out(table, frames.haemodynamic_readings)
    return table.as_dict()


def _note_rates_left_out(table: Table, readings: pd.DataFrame) -> None:
    """Note the number of recorded rates that are in no figure of the table: they are not zero and not missing."""
    left_out = int(readings["norepinephrine_charted"].notna().sum())
    if left_out:
        table.notes.append(
            f"{left_out} norepinephrine rates were charted and cannot be expressed in µg/min of base, since the salt or "
            "the weight is not recorded; they are left out here."
        )


def level(minutes: int) -> str:
    """A planned check as a level: minutes up to two hours, else hours."""
    return f"{minutes:+d} min" if abs(minutes) <= LARGEST_IN_MINUTES else f"{minutes / 60:+g} h"


def _at_checks(readings: pd.DataFrame, plan: HaemodynamicPlan) -> pd.DataFrame:
    """The reading nearest to each planned check of each infusion, with the check's `place`."""
    minutes = readings["minutes"].to_numpy(dtype=float)
    planned = np.array([check.minutes for check in plan.checks], dtype=float)
    tolerance = np.array([check.tolerance_minutes for check in plan.checks], dtype=float)
    distance = np.abs(minutes[:, None] - planned[None, :])
    distance[distance > tolerance[None, :]] = np.inf
    place = distance.argmin(axis=1)
    nearest = distance[np.arange(len(place)), place]
    placed: pd.DataFrame = readings.assign(place=place, distance=nearest)[np.isfinite(nearest)]
    placed = placed.sort_values(
        ["participant", "infusion_number", "place", "distance", "minutes"], kind="stable"
    )
    return placed.drop_duplicates(["participant", "infusion_number", "place"])


def _fill(
    table: Table,
    variable: str,
    readings: pd.DataFrame,
    arms: Integers,
    plan: HaemodynamicPlan,
    population: Population,
) -> None:
    places, values = readings["place"].to_numpy(), readings[variable].to_numpy(dtype=float)
    for place, check in enumerate(plan.checks):
        chosen = places == place
        key = measure_key(variable, level=level(check.minutes))
        table.cells += summary_cells(key, values[chosen], arms[chosen], population)
