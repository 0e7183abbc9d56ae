"""Every donor-specific target with an antibody: MFI before and after the infusions. Closed report only."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from reports.frames import Frames
from reports.tables.layout import Table
from reports.tables.listing import listed
from reports.tables.plan import TablePlan
from reports.tables.population import flags, population_of

MOST_LINES = 200


def antibody_changes(frames: Frames, plan: TablePlan) -> dict[str, Any]:
    """One line per target whose MFI reached the positive band at any time, the highest first.

    The reference is the donor infused, or for participants on placebo the donor that would have been: the same rules in
    every arm. An open plan gets no line.
    """
    table = Table(
        "antibody_changes", "Reactivity against the reference donor, MFI before and after", "treated"
    )
    rules = plan.protocol.antibodies
    if plan.is_open or rules is None:
        table.notes.append(
            "Antibody results are in the closed report only."
            if plan.is_open
            else "No antibody samples are planned."
        )
        return table.as_dict()
    table.listing(
        participant="Participant", site="Site", arm="Arm", specificity="Target", hla_class="Class",
        baseline_mfi="#MFI before", last_mfi="#MFI last", fold="#Fold", classification="Classification",
        above_threshold="Above threshold", flags="Other causes",
    )  # fmt: skip
    seen = _seen(frames, plan, float(rules.positive_mfi.lo))
    table.parameters = {
        "mfi_threshold": float(rules.mfi_threshold),
        "threshold_classes": list(rules.threshold_classes),
        "fold_min": float(rules.fold_min),
    }
    table.rows = listed(seen.head(MOST_LINES), [column["id"] for column in table.columns])
    table.notes += [
        (
            f"Targets that reached {rules.positive_mfi.lo} MFI at any time. MFI is semi-quantitative: it varies "
            "between runs and "
            "laboratories, and is no titre."
        ),
        f"Threshold: {rules.mfi_threshold} MFI, class {' and '.join(rules.threshold_classes)} only. {rules.source}.",
    ]
    table.note_if(
        max(len(seen) - MOST_LINES, 0),
        "{n} more targets are left out here; the frozen snapshot holds every one.",
    )
    return table.as_dict()


FLAG_WORDS = {
    "POSSIBLE_PASSIVE": "possible passive antibody",
    "OTHER_SENSITISER": "other sensitising event",
    "TRANSFUSIONS_NOT_RECORDED": "transfusions not recorded",
    "SELF_ANTIGEN": "self antigen",
}


def _words(found: object) -> str:
    """The flags of one target in words."""
    return "; ".join(FLAG_WORDS[flag] for flag in found.split()) if isinstance(found, str) else ""


def _seen(frames: Frames, plan: TablePlan, lowest: float) -> pd.DataFrame:
    population = population_of(frames, plan)
    findings = frames.dsa_findings
    positions = population.positions(findings)
    before, last = (findings[name].to_numpy(dtype=float) for name in ("baseline_mfi", "last_mfi"))
    highest = np.fmax(np.fmax(before, last), findings["peak_mfi"].to_numpy(dtype=float))
    with np.errstate(divide="ignore", invalid="ignore"):
        fold = np.where(before > 0, last / before, np.nan)
    sites, arms = (
        frames.participants[name].astype("object").to_numpy()[positions] for name in ("site", "arm")
    )
    lines = findings.assign(
        site=sites, arm=arms, highest=highest, fold=np.round(fold, 2),
        classification=findings["classification"].astype("object"), above_threshold=flags(findings["above_threshold"]),
        flags=[_words(value) for value in findings["flags"]],
    )  # fmt: skip
    shown: pd.DataFrame = lines[(highest >= lowest) & population.treated[positions]]
    return shown.sort_values(
        ["highest", "participant", "specificity"], ascending=[False, True, True], kind="stable"
    )
