"""How the sera were measured: runs, lots, treatments, validity, and what could be compared. Closed report only (T5)."""

from __future__ import annotations

from typing import Any

import numpy as np

from reports.frames import Frames
from reports.tables.antibody_responses import SEALED_NOTE
from reports.tables.layout import Table, measure_key
from reports.tables.plan import TablePlan
from reports.tables.population import Flags, flags, population_of

GROUPS = {"lot": "Lot", "treatment": "Treatment", "conjugate": "Conjugate", "vendor": "Manufacturer"}


def antibody_assays(frames: Frames, plan: TablePlan) -> dict[str, Any]:
    """Sera in runs (each class counts once) with their validity.

    After the first infusion those that can be compared with the baseline, and those of the same run.
    """
    table = Table("antibody_assays", "How the sera were measured", "treated")
    if plan.is_open:
        table.notes.append(SEALED_NOTE)
        return table.as_dict()
    population, sera = population_of(frames, plan), frames.antibody_sera
    positions = population.positions(sera)
    arms, treated = population.arm_index[positions], population.treated[positions]

    def put(measure: str, level: str | None, yes: Flags, among: Flags) -> None:
        counts, below = (population.count_at(arms[each & treated]) for each in (yes & among, among))
        table.count(measure_key(measure, level=level), counts, below, population)

    every = np.ones(len(sera), dtype=bool)
    table.measures = {
        "valid": "Valid sera, of those measured",
        **{f"by_{name}": f"{label} of the sera" for name, label in GROUPS.items()},
        "comparable": "Sera after it that can be compared with the baseline, of those with one",
        "same_run": "Sera after it run beside the baseline on one plate, of those with one",
    }
    put("valid", None, flags(sera["is_valid"]), every)
    for name in GROUPS:
        values = sera[name].astype("object").fillna("not recorded").to_numpy()
        for value in sorted(set(values)):
            put(f"by_{name}", str(value), values == value, every)
    for measure, column in (("comparable", "is_comparable"), ("same_run", "same_run")):
        put(measure, None, flags(sera[column]), sera[column].notna().to_numpy())
    runs = sera["run"].dropna().nunique()
    table.notes.append(
        f"{runs} runs. A serum counts once per run and HLA class. What failed its controls is not valid."
    )
    return table.as_dict()
