"""What the sera say per arm: who was tested, any anti-HLA by class, the class of the response. Closed report only (T1)."""

from __future__ import annotations

from typing import Any

import numpy as np

from immunology.rules.codes import (
    BASELINE_NEGATIVE_CODES,
    DE_NOVO_CODES,
    INDETERMINATE_CODES,
    NOT_DE_NOVO_CODES,
    NOT_EVALUABLE_CODES,
    PREFORMED_CODES,
    Code,
)
from reports.frames import Frames
from reports.tables.layout import Table, measure_key
from reports.tables.plan import TablePlan
from reports.tables.population import Flags, Population, flags, population_of

RESPONSES: dict[str, tuple[str, frozenset[Code]]] = {
    "preformed": ("Pre-formed", PREFORMED_CODES),
    "boosted": ("Pre-formed, boosted", frozenset({Code.PREFORMED_BOOSTED})),
    "recalled": ("Recalled from memory", frozenset({Code.MEMORY_RECALL})),
    "persistent": ("Pre-formed, persistent", frozenset({Code.PREFORMED_PERSISTENT})),
    "declined": ("Pre-formed, declined", frozenset({Code.PREFORMED_DECLINED})),
    "cleared": ("Pre-formed, cleared", frozenset({Code.PREFORMED_CLEARED})),
    "not_comparable": (
        "Pre-formed, change not assessable",
        frozenset({Code.PREFORMED_CHANGE_NOT_ASSESSABLE}),
    ),
    "de_novo": ("De novo", DE_NOVO_CODES),
    "indeterminate": ("Indeterminate", INDETERMINATE_CODES),
}
"""Classes of a target against the reference donor. A participant may be in several rows."""

SAYS_NO: dict[str, frozenset[Code]] = {
    "preformed": BASELINE_NEGATIVE_CODES,
    "de_novo": NOT_DE_NOVO_CODES,
}
"""The classes that surely are no such response; elsewhere every class that is neither indeterminate nor not evaluable."""

SEALED_NOTE = "Antibody results are in the closed report only: whoever sees them could tell the arm."


def antibody_responses(frames: Frames, plan: TablePlan) -> dict[str, Any]:
    """Participants per response, of the treated of whom it can be said; both estimands in every arm.

    Indeterminate and not evaluable leave the denominator and are never folded into "no".
    """
    table = Table("antibody_responses", "Responses to HLA, both arms by the same rules", "treated")
    if plan.is_open:
        table.notes.append(SEALED_NOTE)
        return table.as_dict()
    population = population_of(frames, plan)
    _tested(table, frames, population)
    _any_anti_hla(table, frames, population)
    for measure, (label, codes) in RESPONSES.items():
        table.measures[measure] = f"Against the reference donor: {label[0].lower()}{label[1:]}"
        yes, known_of = responses_in(
            frames, population, codes, SAYS_NO.get(measure), np.ones(len(frames.dsa_findings), bool)
        )
        table.compare(
            measure_key(measure),
            population.count(yes & population.treated),
            population.count(known_of & population.treated),
            population,
        )
    _above(table, frames, population)
    table.notes.append(
        "Reference donor: the donor of the cells infused, or that would have been infused. Limits: Clopper–Pearson; "
        "differences: Newcombe."
    )
    table.notes.append(
        "The denominator is the treated of whom it can be said: an indeterminate or not evaluable answer is not a no. A "
        "participant may be in several rows."
    )
    return table.as_dict()


def responses_in(
    frames: Frames, population: Population, codes: frozenset[Code], no: frozenset[Code] | None, rows: Flags
) -> tuple[Flags, Flags]:
    """Who has a target of these classes among the rows, and of whom it can be said at all.

    It can be said of who has one, and of who has some target that says no and none that is indeterminate.
    """
    findings = frames.dsa_findings
    positions = population.positions(findings)
    found = findings["classification"].astype("object").to_numpy()

    def seen(among: frozenset[Code]) -> Flags:
        return population.seen(positions[rows & np.isin(found, sorted(among))])

    denying = frozenset(Code) - NOT_EVALUABLE_CODES - INDETERMINATE_CODES - codes if no is None else no
    yes, doubt, denied = seen(codes), seen(INDETERMINATE_CODES), seen(denying)
    if codes == INDETERMINATE_CODES:
        return yes, yes | denied
    return yes, yes | (denied & ~doubt)


def _tested(table: Table, frames: Frames, population: Population) -> None:
    sera = frames.antibody_sera
    positions, valid = population.positions(sera), flags(sera["is_valid"])
    everyone = population.count(population.treated)
    table.measures["tested"] = "Tested: a valid serum of the planned day"
    for day in sorted(int(day) for day in sera["planned_day"].dropna().unique()):
        on_day = (sera["planned_day"] == day).to_numpy(dtype=bool, na_value=False)
        who = population.seen(positions[valid & on_day]) & population.treated
        table.count(measure_key("tested", level=f"D{day}"), population.count(who), everyone, population)


def _any_anti_hla(table: Table, frames: Frames, population: Population) -> None:
    """Any anti-HLA per class and side: the other estimand, in every arm by the same rules."""
    sera = frames.antibody_sera
    positions = population.positions(sera)
    answers = sera["is_positive"]
    positive = flags(answers)
    negative = answers.notna().to_numpy() & ~positive
    grey = answers.isna().to_numpy() & flags(sera["is_valid"])
    sides, classes = (sera[name].astype("object").to_numpy() for name in ("side", "hla_class"))
    for side, word in (("before", "before the first infusion"), ("after", "after it")):
        measure = f"any_anti_hla_{side}"
        table.measures[measure] = f"Any anti-HLA {word}"
        said: dict[str, tuple[Flags, Flags]] = {}
        for name in ("I", "II"):
            rows = (sides == side) & (classes == name)
            yes, no, doubt = (population.seen(positions[rows & each]) for each in (positive, negative, grey))
            said[name] = yes, yes | (no & ~doubt)
        both = said["I"][0] & said["II"][0], said["I"][1] & said["II"][1]
        for level, (yes, known_of) in {**said, "I and II": both}.items():
            counts, below = (population.count(each & population.treated) for each in (yes, known_of))
            table.compare(measure_key(measure, level=level), counts, below, population)


def _above(table: Table, frames: Frames, population: Population) -> None:
    findings = frames.dsa_findings
    positions = population.positions(findings)
    answers = findings["above_threshold"]
    yes = population.seen(positions[flags(answers)])
    no = population.seen(positions[answers.notna().to_numpy() & ~flags(answers)])
    table.measures["above_threshold"] = "Above the threshold, in its classes and conjugates only"
    treated = population.treated
    counts, below = population.count(yes & treated), population.count((yes | no) & treated)
    table.compare(measure_key("above_threshold"), counts, below, population)
