"""The rows of every frame of a snapshot, and which of them are made from blinded records only.

Those are the same in the open and in the closed snapshot, and made once, from records without anything sealed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from reports.frames.writing import Row
from reports.queries.adverse_events import DictionaryTerms, ReferenceSafety, event_rows
from reports.queries.alerts import alert_rows
from reports.queries.antibody_sera import antibody_serum_rows
from reports.queries.deaths import death_rows
from reports.queries.event_changes import completed_drafts, event_change_rows
from reports.queries.haemodynamics import evaluation_rows, finding_rows, reading_rows
from reports.queries.mismatches import mismatch_rows, other_arm_rows
from reports.queries.outcomes import assessment_rows, deviation_rows, follow_up_rows, product_deviation_rows
from reports.queries.participants import participant_rows
from reports.queries.people import People, stratum_rows
from reports.queries.samples import antibody_rows, dsa_finding_rows, specimen_rows
from reports.queries.treatment import batch_rows, dose_rows, infusion_rows
from reports.queries.unblindings import arm_key_opening_rows, unblinding_rows
from trials.rules.protocol import Protocol

FrameRows = Sequence[Row]


@dataclass(frozen=True)
class FrameMaterial:
    """What frames are made with besides records.

    The protocol, its dictionary's terms by row id, the last look's cut-off, and what is expected.
    """

    protocol: Protocol
    terms: DictionaryTerms
    previous_cutoff: datetime | None
    reference: ReferenceSafety


Maker = Callable[[People, FrameMaterial], Iterable[Row]]

BLINDED: Mapping[str, Maker] = {
    "participant_strata": lambda people, _: stratum_rows(people),
    "infusions": lambda people, _: infusion_rows(people),
    "adverse_events": lambda people, material: event_rows(
        people, material.terms, completed_drafts(people), material.reference
    ),
    "deaths": lambda people, _: death_rows(people),
    "haemodynamic_evaluations": lambda people, material: evaluation_rows(
        people, material.protocol.haemodynamics
    ),
    "haemodynamic_findings": lambda people, material: finding_rows(people, material.protocol.haemodynamics),
    "haemodynamic_readings": lambda people, material: reading_rows(people, material.protocol.haemodynamics),
    "specimens": lambda people, material: specimen_rows(people, material.protocol.antibodies),
    "daily_assessments": lambda people, _: assessment_rows(people),
    "follow_up": lambda people, _: follow_up_rows(people),
    "deviations": lambda people, _: deviation_rows(people),
    "event_changes": lambda people, material: event_change_rows(
        people, material.terms.by_id, previous_cutoff=material.previous_cutoff
    ),
    "mismatches": lambda people, material: mismatch_rows(people, material.terms, material.protocol),
    "unblindings": lambda people, _: unblinding_rows(people),
}
"""Frames for which blinded records are sufficient.

A frame with more rows in a closed snapshot does not belong here.
"""

PERHAPS_SEALED: Mapping[str, Maker] = {
    "participants": lambda people, _: participant_rows(people),
    "doses": lambda people, _: dose_rows(people),
    "batches": lambda people, _: batch_rows(people),
    "antibodies": lambda people, material: antibody_rows(people, material.protocol.antibodies),
    "dsa_findings": lambda people, material: dsa_finding_rows(people, material.protocol.antibodies),
    "antibody_sera": lambda people, material: list(antibody_serum_rows(people, material.protocol.antibodies)),
    "product_deviations": lambda people, _: product_deviation_rows(people),
    "arm_key_openings": lambda people, _: arm_key_opening_rows(people),
    "boundary_alerts": lambda people, _: alert_rows(people.records),
}
"""Frames with more content, or any at all, where the sealed records were read."""


def blinded_frames(people: People, material: FrameMaterial) -> dict[str, FrameRows]:
    """The frames that both snapshots share; `people` of records without anything sealed."""
    return {name: list(make(people, material)) for name, make in BLINDED.items()}


def whole_frames(
    people: People, material: FrameMaterial, shared: Mapping[str, FrameRows]
) -> dict[str, FrameRows]:
    """Every frame, including the shared ones; with sealed records also the sealed frames."""
    own = {name: list(make(people, material)) for name, make in PERHAPS_SEALED.items()}
    return {**shared, **own, "mismatches": [*shared["mismatches"], *other_arm_rows(people)]}
