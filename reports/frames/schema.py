"""The schema of every frame. `schema_as_text()` prints it as one table per frame.

Days are study days: whole calendar days in the zone of the participant's site; day 0 is the day of
randomisation. Times of partial dates are in pairs: the earliest and the latest instant that the date as given allows.
"""

from __future__ import annotations

from collections.abc import Mapping

from events.rules.adverse_events.entered import FRAMED
from reports.frames.boundaries import BOUNDARY_ALERTS
from reports.frames.columns import Column, Kind, Schema
from reports.frames.courses import (
    ANTIBODIES,
    ANTIBODY_SERA,
    DSA_FINDINGS,
    EVENT_CHANGES,
    HAEMODYNAMIC_READINGS,
)
from reports.frames.outcomes import DAILY_ASSESSMENTS, DEVIATIONS, FOLLOW_UP, PRODUCT_DEVIATIONS
from reports.frames.unblindings import ARM_KEY_OPENINGS, UNBLINDINGS

PARTICIPANTS = Schema(
    "participants",
    "one participant, screened or more; void participants are left out",
    (
        Column("participant", "key", "study code, unique in the trial", required=True),
        Column("site", "key", "code of the site", required=True),
        Column("arm", "key", "coded letter of the arm; null while not allocated", sealed=True),
        Column(
            "received_arm", "key", "coded letter of the arm received, where it is another one", sealed=True
        ),
        Column("status", "key", "status of the participant, as in the trial's records"),
        Column("screened_at", "moment", "when screened"),
        Column("enrolled_at", "moment", "when enrolled as the protocol counts it; null when not enrolled"),
        Column("enrolment_number", "integer", "1 for the first enrolled; null when not enrolled"),
        Column("day0", "date", "day of randomisation"),
        Column("treated", "flag", "at least one infusion or dose was started", required=True),
        Column("safety_population", "flag", "population flag as given; null when none was given"),
        Column("first_infusion_at", "moment", "earliest moment of the first infusion; null when untreated"),
        Column("age_years", "number", "age at consent"),
        Column("sex", "key", "as recorded: F, M, U"),
        Column("weight_kg", "number", "weight that doses are calculated from, kg"),
        Column("withdrawn_at", "moment", "when withdrawn from the trial"),
        Column("died", "flag", "a death is recorded: true; alive at last contact: false", required=True),
        Column("death_day", "integer", "study day of death; null when not known or alive"),
        Column("completed_at", "moment", "when the trial was completed as planned"),
        Column("recorded_at", "moment", "when the participant was first recorded"),
    ),
    ("participant",),
)

PARTICIPANT_STRATA = Schema(
    "participant_strata",
    "one stratum of one participant",
    (
        Column("participant", "key", "study code", required=True),
        Column("stratum", "key", "code of the stratum", required=True),
        Column("level", "key", "code of the level; null when not recorded"),
    ),
    ("participant", "stratum"),
)

INFUSIONS = Schema(
    "infusions",
    "one infusion or dose that was started; planned ones that were not started are left out",
    (
        Column("participant", "key", "study code", required=True),
        Column("number", "integer", "1 for the first", required=True),
        Column("started_at", "moment", "earliest moment of the start"),
        Column("ended_at", "moment", "end; null when not recorded or still running"),
        Column("study_day", "integer", "study day of the start"),
        Column("interrupted", "flag", "stopped before the whole volume was given"),
        Column("volume_ml", "number", "volume given, mL"),
        Column("recorded_at", "moment", "when first recorded"),
    ),
    ("participant", "number"),
)

DOSES = Schema(
    "doses",
    "one dispensed dose (closed report only)",
    (
        Column("participant", "key", "study code", required=True),
        Column("infusion_number", "integer", "number of the infusion", required=True),
        Column("batch", "key", "code of the batch; null when the dose holds no cells (placebo)"),
        Column("cells_million", "number", "cells in the dose, million; null when not recorded or no product"),
    ),
    ("participant", "infusion_number"),
    sealed=True,
)

BATCHES = Schema(
    "batches",
    "one product batch (closed report only)",
    (
        Column("batch", "key", "code of the batch", required=True),
        Column("donor", "key", "code of the donor"),
        Column("viability_percent", "number", "viable cells, %"),
        Column("within_specification", "flag", "release specification met"),
    ),
    ("batch",),
    sealed=True,
)

KINDS: Mapping[str, Kind] = {
    "integer": "integer",
    "flag": "flag",
    "criterion": "flag",
    "code": "key",
    "category": "key",
}
ENTERED_COLUMNS = tuple(
    Column(field.name, KINDS[field.kind], field.meaning, allowed=field.codes) for field in FRAMED
)
"""The columns of an event as they were entered, by their declaration."""

ADVERSE_EVENTS = Schema(
    "adverse_events",
    "one adverse event, in its version at the cut-off; void events are left out",
    (
        Column("participant", "key", "study code", required=True),
        Column("event", "integer", "number of the event within the participant", required=True),
        Column("soc", "key", "system organ class, or the study's own class; null when uncoded"),
        Column("term", "key", "CTCAE term, or the study's own term; null when uncoded"),
        Column("verbatim", "text", "the term as reported (closed report only)", sealed=True),
        *ENTERED_COLUMNS,
        Column("expectedness", "key", "derived from the reference safety information in force at onset"),
        Column("onset_text", "text", "onset as given, perhaps partial"),
        Column(
            "onset_earliest_at", "moment", "earliest moment that the onset, narrowed by its bounds, allows"
        ),
        Column(
            "onset_latest_at",
            "moment",
            "latest moment that the onset allows, narrowed by worsening, end, awareness, death, withdrawal, completion "
            "and cut-off; also of an onset not recorded, unless the cut-off alone bounds it",
        ),
        Column("onset_earliest_day", "integer", "study day of the earliest moment"),
        Column("onset_latest_day", "integer", "study day of the latest moment"),
        Column(
            "worsened_latest_at",
            "moment",
            "latest moment that the worsening, narrowed, allows; null when none",
        ),
        Column("end_text", "text", "end as given, perhaps partial; null when ongoing or unknown"),
        Column("end_latest_day", "integer", "study day of the latest moment that the end, narrowed, allows"),
        Column("signed", "flag", "signed by an investigator"),
        Column("treatment_emergent", "flag", "flag as given by the source; null when none was given"),
        Column(
            "infusion_number",
            "integer",
            "last infusion that began before the event; where the clock does not tell, the one named",
        ),
        Column("hours_after_infusion", "number", "hours from that infusion's start"),
        Column("recorded_at", "moment", "when first recorded"),
    ),
    ("participant", "event"),
)

DEATHS = Schema(
    "deaths",
    "one death: one row per participant however many events were fatal",
    (
        Column("participant", "key", "study code", required=True),
        Column("died_text", "text", "date of death as given, perhaps partial"),
        Column("study_day", "integer", "study day of death; null when not surely known"),
        Column(
            "earliest_day",
            "integer",
            "first study day that the date allows, narrowed by everything on record",
        ),
        Column("latest_day", "integer", "last study day that it allows"),
        Column("cause", "text", "cause as recorded"),
        Column("fatal_event", "integer", "number of the adverse event with outcome FATAL; null when none"),
        Column("recorded_at", "moment", "when first recorded"),
    ),
    ("participant",),
)

HAEMODYNAMIC_EVALUATIONS = Schema(
    "haemodynamic_evaluations",
    "one criterion evaluated over the window of one infusion",
    (
        Column("participant", "key", "study code", required=True),
        Column("infusion_number", "integer", "number of the infusion", required=True),
        Column("criterion", "key", "code of the protocol's criterion", required=True),
        Column("result", "key", "hit, not met, or not evaluable", required=True,
               allowed=("HIT", "NOT_MET", "NOT_EVALUABLE")),
        Column("rule_set", "key", "name and version of the rule set"),
    ),
    ("participant", "infusion_number", "criterion"),
)  # fmt: skip

HAEMODYNAMIC_FINDINGS = Schema(
    "haemodynamic_findings",
    "one finding for a clinician to confirm or refute",
    (
        Column("participant", "key", "study code", required=True),
        Column("infusion_number", "integer", "number of the infusion", required=True),
        Column("criterion", "key", "code of the protocol's criterion", required=True),
        Column("hours_after_infusion", "number", "hours from the anchor of the window"),
        Column("decision", "key", "the clinician's decision", required=True,
               allowed=("OPEN", "CONFIRMED", "REFUTED")),
        Column("recorded_at", "moment", "when first recorded"),
    ),
    ("participant", "infusion_number", "criterion"),
)  # fmt: skip

SPECIMENS = Schema(
    "specimens",
    "one specimen planned or taken (logistics, no result)",
    (
        Column("participant", "key", "study code", required=True),
        Column("planned_day", "integer", "study day the protocol plans; null when unplanned"),
        Column("taken", "flag", "was taken", required=True),
        Column("study_day", "integer", "study day it was taken"),
    ),
    (),
)

MISMATCHES = Schema(
    "mismatches",
    "one contradiction between records that somebody has to reconcile",
    (
        Column("rule", "key", "code of the rule that found it, such as R12", required=True),
        Column("participant", "key", "study code"),
        Column("record", "text", "the record concerned, such as 'adverse event 3'"),
        Column("message", "text", "one sentence: what contradicts what", required=True),
        Column("is_sealed", "flag", "speaks of sealed data: stays out of the open report", required=True),
    ),
    (),
)

SCHEMAS: dict[str, Schema] = {
    schema.name: schema
    for schema in (
        PARTICIPANTS,
        PARTICIPANT_STRATA,
        INFUSIONS,
        DOSES,
        BATCHES,
        ADVERSE_EVENTS,
        DEATHS,
        HAEMODYNAMIC_EVALUATIONS,
        HAEMODYNAMIC_FINDINGS,
        HAEMODYNAMIC_READINGS,
        ANTIBODIES,
        DSA_FINDINGS,
        ANTIBODY_SERA,
        SPECIMENS,
        DAILY_ASSESSMENTS,
        FOLLOW_UP,
        DEVIATIONS,
        PRODUCT_DEVIATIONS,
        EVENT_CHANGES,
        MISMATCHES,
        UNBLINDINGS,
        ARM_KEY_OPENINGS,
        BOUNDARY_ALERTS,
    )
}
"""Every frame of a snapshot by its name, in the order of the snapshot."""

SEALED_FRAMES: frozenset[str] = frozenset(name for name, schema in SCHEMAS.items() if schema.sealed)
"""The frames that never reach an open report."""


def schema_as_text() -> str:
    """The schema of all frames, as one plain table per frame."""
    return "\n\n".join(_frame_as_text(schema) for schema in SCHEMAS.values())


def _frame_as_text(schema: Schema) -> str:
    head = f"{schema.name}: {schema.row}"
    lines = [
        f"  {c.name:<22} {c.kind:<8} {'required ' if c.required else ''}{c.meaning}" for c in schema.columns
    ]
    return "\n".join([head, *lines])
