"""All records of a trial that a report uses, as they were at its cut-off."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from assessments.models import DailyAssessment, ProtocolDeviation, SensitisingEvent
from assessments.models.assessments import RECORDED
from audit.models import AuditedModel
from events.models import AdverseEvent
from events.rules.adverse_events.entered import REPORTED
from haemodynamics.models import HaemodynamicFinding, HaemodynamicReading, VasopressorRate
from immunology.models import (
    AntibodyResult,
    CallReading,
    DonorTyping,
    JudgingChange,
    ParticipantTyping,
    Specimen,
)
from immunology.queries.dsa_rows import HAPPENED, MEASURED
from immunology.queries.judging_basis import ADOPTED
from partial_dates import zone_of
from product.models import (
    Allocation,
    ArmKeyOpening,
    ArmLetter,
    DispensedDose,
    InadvertentUnblinding,
    ProductBatch,
    ProductDeviation,
    Unblinding,
)
from reports.frames.writing import Row
from reports.models import AlertAnswer, BoundaryState
from reports.queries.as_of import Past, rows_as_of
from reports.rules.corrections import corrected_row
from trials.models import Infusion, Participant, Site, SourceRemark

Columns = Sequence[str]

DEVIATION_COLUMNS = (
    "participant_id", "category", "importance", "occurred", "occurred_earliest_at", "occurred_latest_at", "voided_at",
)  # fmt: skip

OPEN_TABLES: Mapping[str, tuple[type[AuditedModel], Columns]] = {
    "sites": (Site, ("code",)),
    "participants": (
        Participant,
        (
            "site_id", "code", "status", "sex", "age_years", "weight_kg", "strata", "screened_date", "consented_at",
            "day0_date", "enrolled_at", "enrolment_number", "enrolment_basis", "withdrawn_date", "completed_date",
            "died", "died_earliest_at", "died_latest_at", "has_died", "death_cause", "in_safety_population",
        ),
    ),
    "infusions": (
        Infusion,
        (
            "participant_id", "number", "status", "started_at", "start_precision", "ended_at", "end_precision",
            "interrupted", "volume_ml", "voided_at",
        ),
    ),
    "adverse_events": (
        AdverseEvent,
        (
            "participant_id", "number", "status", *REPORTED, "treatment_emergent", "signed_at", "voided_at",
        ),
    ),
    "haemodynamic_readings": (
        HaemodynamicReading,
        (
            "participant_id", "taken_at", "taken_precision", "heart_rate_bpm", "sbp_mmhg", "dbp_mmhg", "map_mmhg",
            "spo2_percent", "fio2_fraction", "peep_cmh2o", "temperature_c", "respiratory_rate_min",
            "respiratory_support", "new_ventricular_arrhythmia", "cardioversion", "cardiac_arrest",
            "transfusion_type_reaction", "vasopressors_checked", "voided_at",
        ),
    ),
    "vasopressor_rates": (VasopressorRate, ("reading_id", "agent", "rate", "unit", "salt")),
    "haemodynamic_findings": (
        HaemodynamicFinding,
        ("participant_id", "infusion_id", "criterion", "state", "first_hit_at", "rule_set"),
    ),
    "daily_assessments": (DailyAssessment, ("participant_id", "assessed_date", *RECORDED, "voided_at")),
    "protocol_deviations": (ProtocolDeviation, ("site_id", *DEVIATION_COLUMNS)),
    "sensitising_events": (SensitisingEvent, (*HAPPENED, "occurred", "voided_at")),
    "specimens": (Specimen, ("participant_id", "planned_day", "kind", "collected_at", "collected_precision", "voided_at")),
    "source_remarks": (SourceRemark, ("code", "participant_code", "record", "message", "voided_at")),
    "unblindings": (Unblinding, ("participant_id", "category", "asked_by_role", "confirmation", "disclosed_at")),
    "inadvertent_unblindings": (
        InadvertentUnblinding,
        (
            "participant_id", "site_id", "occurred", "occurred_earliest_at", "occurred_latest_at", "learner", "impact",
            "voided_at",
        ),
    ),
}  # fmt: skip
"""The tables of an open report: nothing that could reveal an arm."""

SEALED_TABLES: Mapping[str, tuple[type[AuditedModel], Columns]] = {
    "arm_letters": (ArmLetter, ("arm_code", "letter")),
    "arm_key_openings": (ArmKeyOpening, ("opened_by_id", "opened_at")),
    "allocations": (
        Allocation,
        ("participant_id", "arm_code", "received_arm_code", "labelled_arm_code", "reference_batch_id"),
    ),
    "product_batches": (
        ProductBatch,
        ("code", "donor_code", "viability_percent", "meets_specification"),
    ),
    "dispensed_doses": (
        DispensedDose,
        ("participant_id", "infusion_id", "batch_id", "cells_million", "voided_at"),
    ),
    "antibody_results": (AntibodyResult, (*MEASURED, "voided_at")),
    "judging_changes": (JudgingChange, ADOPTED),
    "call_readings": (CallReading, ("part", "reader_id", "verdict", "shown", "shown_sha256", "read_at")),
    "donor_typings": (DonorTyping, ("donor_code", "specificity", "voided_at")),
    "participant_typings": (ParticipantTyping, ("participant_id", "specificity", "voided_at")),
    "product_deviations": (ProductDeviation, DEVIATION_COLUMNS),
    "boundary_states": (
        BoundaryState,
        ("boundary", "arm", "against", "affected", "evaluable", "is_alert"),
    ),
    "alert_answers": (AlertAnswer, ("alert_id", "choice", "answered_at")),
}  # fmt: skip
"""What the closed report adds; readable under a clearance only."""


ALL_TABLES = {**OPEN_TABLES, **SEALED_TABLES}

DERIVED = frozenset(
    {
        "haemodynamic_findings",
        "boundary_states",
        "alert_answers",
        "arm_key_openings",
        "judging_changes",
        "call_readings",
    }
)
"""What follows from other rows, and what people decided on it: in a corrected report as it stood at the cut-off."""

OWN_TABLES = frozenset({"boundary_states", "alert_answers", "judging_changes", "call_readings"})
"""The board's own records: no data of the trial that could have been entered late."""

KEYS = frozenset({"arm_letters", "allocations"})
"""The key to the data, without a cut-off: as known when the snapshot is frozen.

The cell-therapy unit enters an allocation some minutes after the enrolment that the look waits for.
"""

NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Records:
    """The tables of one trial at one cut-off, by name; void rows are left out.

    `enrolled_up_to` is the look's number: participants enrolled later appear as screened only.
    """

    trial_id: int
    cutoff: datetime
    zone: str
    enrolled_up_to: int | None
    tables: Mapping[str, Past]
    uncorrected: Mapping[str, Past] = field(default_factory=dict)
    """Of a corrected report the tables as the version before has them."""
    at_cutoff: Mapping[str, Past] = field(default_factory=dict)
    """Of a corrected report the tables without any correction."""

    def __getitem__(self, name: str) -> Sequence[Row]:
        """The rows of a table that are not void; a table that was not read has none."""
        past = self.tables.get(name)
        return () if past is None else past.standing

    def by_id(self, name: str) -> Mapping[int, Row]:
        """The same rows by their ids; computed once."""
        past = self.tables.get(name)
        return {} if past is None else past.by_id

    def without(self, names: Collection[str]) -> "Records":
        """The same records, without these tables."""
        kept, before, then = (
            {name: past for name, past in tables.items() if name not in names}
            for tables in (self.tables, self.uncorrected, self.at_cutoff)
        )
        return replace(self, tables=kept, uncorrected=before, at_cutoff=then)

    def corrected_rows(self, name: str) -> list[Row]:
        """The rows of a table with corrections, as they are now."""
        then, now = self.at_cutoff.get(name), self.tables.get(name)
        if then is None or now is None or then is now:
            return []
        return [new for old, new in zip(then.rows, now.rows, strict=True) if old != new]

    def entered_later(self, names: Sequence[str]) -> dict[str, int]:
        """The number of rows of each table that were entered after the cut-off, where there are any."""
        counts = {name: self.tables[name].entered_later for name in names if name in self.tables}
        return {name: count for name, count in counts.items() if count}

    def corrected_later(self, names: Sequence[str]) -> dict[str, int]:
        """The number of rows of each table that were corrected after the cut-off and are here as they were."""
        counts = {name: self.tables[name].corrected_later for name in names if name in self.tables}
        return {name: count for name, count in counts.items() if count}


@dataclass(frozen=True)
class Corrections:
    """The corrections in a corrected report: those made up to `until`.

    The version before has those up to `since`.

    `keys_at`: when the first version was frozen, up to which its keys are known.
    """

    since: datetime
    until: datetime
    keys_at: datetime


def records_of(
    *,
    trial_id: int,
    zone: str,
    cutoff: datetime,
    enrolled_up_to: int | None,
    corrections: Corrections | None = None,
) -> Records:
    """Read everything, once. Needs a clearance that is open for the trial.

    With `corrections` the rows known at the cut-off are as `corrected_row` returns them.
    """
    keys_at = NEVER if corrections is None else corrections.keys_at
    tables = {
        name: rows_as_of(
            model, trial_id=trial_id, cutoff=keys_at if name in KEYS else cutoff, columns=columns
        )
        for name, (model, columns) in ALL_TABLES.items()
    }
    if corrections is None:
        return Records(trial_id, cutoff, zone, enrolled_up_to, tables)

    def corrected(moment: datetime) -> dict[str, Past]:
        return {
            name: past
            if name in DERIVED
            else _corrected(name, past, trial_id, zone, keys_at if name in KEYS else cutoff, moment)
            for name, past in tables.items()
        }

    return Records(
        trial_id,
        cutoff,
        zone,
        enrolled_up_to,
        tables=corrected(corrections.until),
        uncorrected=corrected(corrections.since),
        at_cutoff=tables,
    )


def _corrected(name: str, past: Past, trial_id: int, zone: str, cutoff: datetime, until: datetime) -> Past:
    """The table with the corrections made up to a moment after the cut-off."""
    if until <= cutoff:
        return past
    model, columns = ALL_TABLES[name]
    now = rows_as_of(model, trial_id=trial_id, cutoff=cutoff, columns=columns, known_at=until)
    rows = [
        corrected_row(name, then=then, now=row, cutoff=cutoff, zone=zone_of(zone))
        if row["changed_at"] > cutoff
        else row
        for then, row in zip(past.rows, now.rows, strict=True)
    ]
    return Past(rows, now.entered_later, now.corrected_later)
