"""Antibodies against HLA: pre-formed, de novo, any, above the threshold. Closed report only.

Both estimands are given for both arms: any anti-HLA antibody, and donor-specific ones where there is a reference donor.
The denominator is the participants for whom the question could be answered.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from reports.frames import Frames
from reports.tables.layout import Table, measure_key, summary_cells
from reports.tables.plan import TablePlan
from reports.tables.population import Flags, Population, flags, known, population_of

QUESTIONS = {
    "participants_with_de_novo_dsa": ("de_novo_dsa", "Participants with de novo DSA"),
    "participants_with_preformed_dsa": ("preformed_dsa", "Participants with pre-formed DSA"),
    "participants_with_dsa_above_threshold": ("above_threshold", "Participants with a DSA above the MFI threshold"),
    "participants_with_indeterminate_dsa": ("indeterminate", "Participants whose DSA answer is indeterminate"),
    "participants_with_anti_hla_before": ("anti_hla_before", "Participants with any anti-HLA before the first infusion"),
    "participants_with_anti_hla_after": ("anti_hla_after", "Participants with any anti-HLA after the first infusion"),
}  # fmt: skip

CAUSES = {
    "possible_passive": "An antibody afterwards that plasma or immunoglobulin may have brought",
    "other_sensitiser": "An antibody afterwards, and another sensitising event before it",
    "transfusions_not_recorded": "An antibody afterwards, transfusions not recorded",
    "self_antigen": "A target that is an antigen of their own",
}
"""What else may lie behind an antibody: described, and not compared between the arms."""

DENOMINATORS = {
    "exposed": "Exposed: treated participants",
    "baseline_evaluable": "Evaluable before the first infusion",
    "followup_evaluable": "Evaluable after it",
    "at_risk": "At risk: evaluable before and after, no pre-formed DSA",
    "de_novo_of_those_at_risk": "De novo DSA, of those at risk",
    "new_anti_hla": "Any anti-HLA after the first infusion, of those without any before it",
}


def antibodies(frames: Frames, plan: TablePlan) -> dict[str, Any]:
    """Participants per question, of the treated who could be evaluated for it; specimens taken.

    An open plan gets the specimens only: results could reveal the arm.
    """
    population = population_of(frames, plan)
    table = Table("antibodies", "Antibodies against HLA", "treated")
    if plan.is_open:
        table.notes.append(
            "Antibody results are in the closed report only: whoever sees them could tell the arm."
        )
    else:
        _questions(table, frames, plan)
    _specimens(table, frames, plan)
    table.note_if(
        int(population.treated.sum()) if plan.protocol.antibodies is None else 0,
        "The protocol plans no antibody samples.",
    )
    return table.as_dict()


def _questions(table: Table, frames: Frames, plan: TablePlan) -> None:
    population = population_of(frames, plan)
    positions = population.positions(frames.antibodies)
    treated = population.treated[positions]
    arms = population.arm_index[positions]
    for measure, (column, label) in QUESTIONS.items():
        table.measures[measure] = label
        answers = frames.antibodies[column]
        yes = population.count_at(arms[flags(answers) & treated])
        evaluable = population.count_at(arms[known(answers) & treated])
        table.compare(measure_key(measure), yes, evaluable, population)
    for measure, label in CAUSES.items():
        table.measures[measure] = label
        answers = frames.antibodies[measure]
        yes = population.count_at(arms[flags(answers) & treated])
        evaluable = population.count_at(arms[known(answers) & treated])
        table.count(measure_key(measure), yes, evaluable, population)
    _denominators(table, frames, population)
    peaks = frames.antibodies["peak_mfi"].to_numpy(dtype=float)[treated]
    table.measures["peak_mfi"] = "Peak MFI of donor-specific antibodies"
    table.cells += summary_cells(measure_key("peak_mfi"), peaks, arms[treated], population)
    _notes(table, plan)


def _denominators(table: Table, frames: Frames, population: Population) -> None:
    """The evaluable participants, and the two answers of those in whom an antibody could be new."""
    table.measures |= DENOMINATORS
    answers, positions = frames.antibodies, population.positions(frames.antibodies)
    arms, treated = population.arm_index[positions], population.treated[positions]
    everyone = population.count(population.treated)
    table.count(measure_key("exposed"), everyone, None, population)
    before, after = flags(answers["baseline_evaluable"]), flags(answers["followup_evaluable"])
    free = known(answers["preformed_dsa"]) & ~flags(answers["preformed_dsa"])
    at_risk = treated & before & after & free & known(answers["de_novo_dsa"])
    chosen = {
        "baseline_evaluable": before & treated,
        "followup_evaluable": after & treated,
        "at_risk": at_risk,
    }
    for measure, who in chosen.items():
        table.count(measure_key(measure), population.count_at(arms[who]), everyone, population)
    _of(table, "de_novo_of_those_at_risk", flags(answers["de_novo_dsa"]), at_risk, arms, population)
    clean = (
        known(answers["anti_hla_before"])
        & ~flags(answers["anti_hla_before"])
        & known(answers["anti_hla_after"])
    )
    _of(table, "new_anti_hla", flags(answers["anti_hla_after"]), clean & treated, arms, population)


def _of(
    table: Table, measure: str, yes: Flags, among: Flags, arms: np.ndarray, population: Population
) -> None:
    counts, below = population.count_at(arms[yes & among]), population.count_at(arms[among])
    table.compare(measure_key(measure), counts, below, population)


def _notes(table: Table, plan: TablePlan) -> None:
    table.notes += [
        (
            "Denominators are the treated participants who could be evaluated for the question; a missing sample or "
            "no donor to be specific for is not evaluable, and never no."
        ),
        (
            "Donor-specific: against the donor infused, or for participants on placebo against the donor that would "
            "have been; the "
            "same rules in every arm."
        ),
        "A participant may be in several rows. Indeterminate is counted apart, and in no other row as no.",
    ]
    table.notes.append(
        "Other causes: red cells, platelets, plasma, immunoglobulin or another event between the last serum before the "
        "infusion and the last positive one. Where nobody said of every day in between what was given, no cause is not "
        "no: transfusions not recorded. An antigen of their own: of those whose own typing is recorded."
    )
    rules = plan.protocol.antibodies
    if rules is not None:
        classes = " and ".join(rules.threshold_classes)
        table.notes.append(
            f"Threshold: above {rules.mfi_threshold} MFI, HLA class {classes}; rule set {rules.rule_set}. {rules.source}."
        )


def _specimens(table: Table, frames: Frames, plan: TablePlan) -> None:
    """Taken of planned, per planned day: logistics, which reveal nothing about the arm."""
    population = population_of(frames, plan)
    specimens = frames.specimens
    arms = population.arm_index[population.positions(specimens)]
    table.measures["specimens_taken"] = "Specimens taken, of those planned so far"
    for day in sorted(int(day) for day in specimens["planned_day"].dropna().unique()):
        chosen = (specimens["planned_day"] == day).to_numpy(dtype=bool, na_value=False)
        taken = chosen & flags(specimens["taken"])
        table.count(
            measure_key("specimens_taken", level=f"D{day}"),
            population.count_at(arms[taken]), population.count_at(arms[chosen]), population,
        )  # fmt: skip
