"""The treatment given: infusions per participant, interruptions, volume.

In the closed report the product too.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from reports.frames import Frames
from reports.tables.layout import Table, cells_of, measure_key, summary_cells
from reports.tables.plan import TablePlan
from reports.tables.population import Integers, Population, flags, known, population_of
from trials.rules.protocol import InfusionPlan

MEASURES = {
    "infusions_received": "Infusions received",
    "infusions": "Infusions given, of those planned for the treated",
    "infusions_interrupted": "Infusions interrupted, of those where it is recorded",
    "volume_ml": "Volume given, mL",
}
PRODUCT_MEASURES = {
    "cells_million": "Cells per infusion, million",
    "cells_million_per_kg": "Cells per kg of body weight and infusion, million",
    "dose_percent_of_planned": "Cells per infusion, % of the dose planned for the weight",
    "batches_used": "Batches used",
    "donors_used": "Donors used",
    "doses_out_of_specification": "Infusions of a batch out of specification",
    "batches_out_of_specification": "Batches out of specification",
    "viability_percent": "Viability of the batches used, %",
}


def exposure(frames: Frames, plan: TablePlan) -> dict[str, Any]:
    """Infusions and doses of the enrolled; batches, cells and viability in the closed report only."""
    population = population_of(frames, plan)
    table = Table("exposure", "Exposure", "enrolled", measures=dict(MEASURES))
    planned = len(plan.protocol.infusions.doses)
    _received(table, frames, population, planned)
    _infusions(table, frames.infusions, population, planned)
    if not plan.is_open:
        table.measures |= PRODUCT_MEASURES
        _product(table, frames, population)
        _doses_by_weight(table, frames, population, plan.protocol.infusions)
    return table.as_dict()


def _received(table: Table, frames: Frames, population: Population, planned: int) -> None:
    """The number of the enrolled who received 0, 1, 2 ... infusions."""
    people = population.enrolled | population.treated
    per_person = np.bincount(population.positions(frames.infusions), minlength=len(people))
    most = max([planned, *per_person.tolist()])
    counts = population.count_by(per_person[people], population.arm_index[people], group_count=most + 1)
    keys = [measure_key("infusions_received", level=str(number)) for number in range(most + 1)]
    table.cells += cells_of(keys, counts, np.tile(population.count(people), (most + 1, 1)), population)


def _infusions(table: Table, infusions: pd.DataFrame, population: Population, planned: int) -> None:
    """A participant outside the treated population has no infusions planned here, and none in the numerator."""
    positions = population.positions(infusions)
    arms = population.arm_index[positions]
    given = population.count_at(arms[population.treated[positions]] if planned else arms)
    expected = population.count(population.treated) * planned if planned else None
    table.count(measure_key("infusions"), given, expected, population)
    recorded = known(infusions["interrupted"])
    interrupted = population.count_at(arms[flags(infusions["interrupted"])])
    table.count(
        measure_key("infusions_interrupted"), interrupted, population.count_at(arms[recorded]), population
    )
    volumes = infusions["volume_ml"].to_numpy(dtype=float)
    table.cells += summary_cells(measure_key("volume_ml"), volumes, arms, population)
    table.note_if(
        int((~recorded).sum()), "For {n} infusions it is not recorded whether they were interrupted."
    )


def _product(table: Table, frames: Frames, population: Population) -> None:
    doses = frames.doses[known(frames.doses["batch"]) | known(frames.doses["cells_million"])]
    arms = population.arm_index[population.positions(doses)]
    cells = doses["cells_million"].to_numpy(dtype=float)
    table.cells += summary_cells(measure_key("cells_million"), cells, arms, population)
    used = _batch_rows(doses, frames.batches)
    _specification(table, frames.batches, used, arms, population)
    table.notes.append(
        "Doses that hold no cells have neither a batch nor a number of cells, and are not counted here."
    )


def _specification(
    table: Table, batches: pd.DataFrame, used: Integers, arms: Integers, population: Population
) -> None:
    is_known = np.append(known(batches["within_specification"]), False)
    is_out = np.append(
        known(batches["within_specification"]) & ~flags(batches["within_specification"]), False
    )
    doses_out, doses_known = arms[is_out[used]], arms[is_known[used]]
    table.count(
        measure_key("doses_out_of_specification"),
        population.count_at(doses_out), population.count_at(doses_known), population,
    )  # fmt: skip
    pairs = pd.DataFrame({"batch": used, "arm": arms})
    table.count(
        measure_key("batches_out_of_specification"),
        _distinct_batches(pairs[is_out[used]], population),
        _distinct_batches(pairs[is_known[used]], population),
        population,
    )
    per_arm = pairs[used >= 0].drop_duplicates()
    table.count(measure_key("batches_used"), _distinct_batches(per_arm, population), None, population)
    donors = per_arm.assign(batch=batches["donor"].astype("object").to_numpy()[per_arm["batch"]]).dropna()
    table.count(measure_key("donors_used"), _distinct_batches(donors, population), None, population)
    viability = np.append(batches["viability_percent"].to_numpy(dtype=float), np.nan)
    table.cells += _viability(viability, per_arm, population)
    table.note_if(
        int((~is_known[used]).sum()),
        "For {n} doses it is not recorded whether the batch met its specification.",
    )


def _doses_by_weight(table: Table, frames: Frames, population: Population, plan: InfusionPlan) -> None:
    """Each dose per kg, and as a share of what the protocol plans for that weight, its cap included."""
    doses = frames.doses[known(frames.doses["cells_million"])]
    positions = population.positions(doses)
    arms = population.arm_index[positions]
    cells = doses["cells_million"].to_numpy(dtype=float)
    weights = frames.participants["weight_kg"].to_numpy(dtype=float)[positions]
    table.cells += summary_cells(measure_key("cells_million_per_kg"), cells / weights, arms, population)
    table.note_if(
        int(np.isnan(weights).sum()), "For {n} doses the weight is not known: they are in no figure per kg."
    )
    if plan.cells_million_per_kg is None:
        return
    cap = np.inf if plan.cap_cells_million is None else float(plan.cap_cells_million)
    planned = np.minimum(weights * float(plan.cells_million_per_kg), cap)
    shares = 100 * cells / planned
    table.cells += summary_cells(measure_key("dose_percent_of_planned"), shares, arms, population)


def _viability(viability: Any, pairs: pd.DataFrame, population: Population) -> list[dict[str, Any]]:
    """Per arm the batches used in it; in total each batch once, also when two arms used it."""
    key = measure_key("viability_percent")
    by_arm = summary_cells(key, viability[pairs["batch"]], pairs["arm"].to_numpy(), population)
    each_once = pairs["batch"].unique()
    total = summary_cells(
        key, viability[each_once], np.full(len(each_once), len(population.arms)), population
    )
    return [*by_arm[:-1], total[-1]]


def _distinct_batches(pairs: pd.DataFrame, population: Population) -> Integers:
    """How many different batches each column used; in the total each batch counts once."""
    distinct = pairs.drop_duplicates()
    counts = population.count_at(distinct["arm"].to_numpy())
    counts[-1] = distinct["batch"].nunique()
    return counts


def _batch_rows(doses: pd.DataFrame, batches: pd.DataFrame) -> Integers:
    """The position of each dose's batch among the batches, -1 when it has none or an unknown one."""
    words = doses["batch"].cat.categories
    places = np.append(pd.Index(batches["batch"].astype("object")).get_indexer(words), -1)
    return places[doses["batch"].cat.codes.to_numpy()]
