"""The kinds of adverse events with time-to-event tables: any, serious, and of grade 3 or more."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from reports.tables.plan import TablePlan
from reports.tables.population import Flags, flags

HIGH_GRADE = 3
"""CTCAE: severe or medically significant, and above."""


@dataclass(frozen=True)
class KindOfEvent:
    """A kind: its id, its label, and which rows of the frame belong to it (unknown does not)."""

    id: str
    label: str
    rows: Flags


def kinds_of_event(events: pd.DataFrame, plan: TablePlan) -> tuple[KindOfEvent, ...]:
    """Any, serious; of high grade only where the protocol's dictionary is graded."""
    kinds = [
        KindOfEvent("ae", "adverse event", np.ones(len(events), dtype=bool)),
        KindOfEvent("sae", "serious adverse event", flags(events["serious"])),
    ]
    if plan.protocol.dictionary.is_graded:
        grades = events["grade"].to_numpy(dtype=np.int64, na_value=0)
        kinds.append(
            KindOfEvent("grade_3", f"adverse event of grade {HIGH_GRADE} or more", grades >= HIGH_GRADE)
        )
    return tuple(kinds)
