"""Responses by batch and locus of the reference donor. Closed report only (T2)."""

from __future__ import annotations

from typing import Any

from reports.frames import Frames
from reports.tables.antibody_responses import RESPONSES, SAYS_NO, SEALED_NOTE, responses_in
from reports.tables.layout import Table, measure_key
from reports.tables.plan import TablePlan
from reports.tables.population import population_of

SHOWN = ("preformed", "boosted", "de_novo", "indeterminate")


def antibodies_by_batch(frames: Frames, plan: TablePlan) -> dict[str, Any]:
    """Participants per response, of those laid beside the batch at this locus of whom it can be said."""
    table = Table("antibodies_by_batch", "Responses to HLA by batch and locus", "treated")
    if plan.is_open:
        table.notes.append(SEALED_NOTE)
        return table.as_dict()
    population, findings = population_of(frames, plan), frames.dsa_findings
    batches, loci = (findings[name].astype("object").to_numpy() for name in ("batch", "locus"))
    pairs = sorted(
        {(str(batch), str(locus)) for batch, locus in zip(batches, loci, strict=True) if batch and locus}
    )
    table.measures = {name: RESPONSES[name][0] for name in SHOWN}
    for batch, locus in pairs:
        rows = (batches == batch) & (loci == locus)
        for name in SHOWN:
            yes, known_of = responses_in(frames, population, RESPONSES[name][1], SAYS_NO.get(name), rows)
            counts, below = (population.count(each & population.treated) for each in (yes, known_of))
            table.count(measure_key(name, level=f"{batch}, {locus}"), counts, below, population)
    table.note_if(0 if pairs else 1, "No target of a typed donor was judged.")
    table.notes.append("Batch: those of the reference donor. Described, and not compared between the arms.")
    return table.as_dict()
