"""Every target with a class other than negative: dates, MFI, fold, flags, and what the readers settled. Closed only (T3)."""

from __future__ import annotations

from typing import Any

import numpy as np

from immunology.rules.codes import NOT_EVALUABLE_CODES, Code
from reports.frames import Frames
from reports.tables.antibody_responses import SEALED_NOTE
from reports.tables.layout import Table
from reports.tables.listing import fill
from reports.tables.plan import TablePlan
from reports.tables.population import population_of

PASSED_OVER = frozenset({Code.NEGATIVE}) | NOT_EVALUABLE_CODES


def antibody_targets(frames: Frames, plan: TablePlan) -> dict[str, Any]:
    """One line per participant and target of the reference donor, by participant and target."""
    table = Table("antibody_targets", "Targets of the reference donor and their readings", "treated")
    table.listing(
        participant="Participant", arm="Arm", specificity="Target", hla_class="Class", classification="Classification",
        baseline_on="Serum before", baseline_mfi="#MFI before", last_on="Last serum", last_mfi="#MFI last", fold="#Fold",
        limits="Beyond the range", flags="Other causes", beyond_evidence="Threshold without evidence",
        readings="Readers",
    )  # fmt: skip
    if plan.is_open:
        table.columns = []
        table.notes.append(SEALED_NOTE)
        return table.as_dict()
    population, findings = population_of(frames, plan), frames.dsa_findings
    positions = population.positions(findings)
    codes = findings["classification"].astype("object").to_numpy()
    before, last = (findings[name].to_numpy(dtype=float) for name in ("baseline_mfi", "last_mfi"))
    with np.errstate(divide="ignore", invalid="ignore"):
        fold = np.round(np.where(before > 0, last / before, np.nan), 2)
    arms = frames.participants["arm"].astype("object").to_numpy()[positions]
    lines = findings.assign(arm=arms, fold=fold, classification=codes)
    kept = population.treated[positions] & ~np.isin(codes, sorted(PASSED_OVER))
    fill(table, lines[kept].sort_values(["participant", "specificity"], kind="stable"))
    table.notes.append(
        "Every class but negative is read by two people on a page that shows neither arm nor infusion, and by an "
        "adjudicator where they differ. An empty cell: nobody has read it."
    )
    table.notes.append(
        "Beyond the range: the value is a limit of the reader, above (>) or below (<) which it lies."
    )
    return table.as_dict()
