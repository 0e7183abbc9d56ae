"""The schemas of data over time: readings around an infusion, antibodies, an event's changed answers."""

from __future__ import annotations

from reports.frames.columns import Column, Schema

ANTIBODIES = Schema(
    "antibodies",
    "one participant's roll-up of all antibody results (closed report only); null is not evaluable, never no",
    (
        Column("participant", "key", "study code", required=True),
        Column("anti_hla_before", "flag", "any anti-HLA in a sample before the first infusion"),
        Column("anti_hla_after", "flag", "any anti-HLA in a sample after the first infusion"),
        Column("preformed_dsa", "flag", "donor-specific antibody before the first infusion of that donor"),
        Column("de_novo_dsa", "flag", "donor-specific antibody that was absent before and present after"),
        Column("above_threshold", "flag", "a DSA above the protocol's MFI threshold, in its classes"),
        Column("indeterminate", "flag", "a donor-specific answer that is neither yes nor no"),
        Column("baseline_evaluable", "flag", "a target of the reference donor was judged before the first infusion"),
        Column("followup_evaluable", "flag", "a target of the reference donor was judged after the first infusion"),
        Column("possible_passive", "flag", "plasma or immunoglobulin may have brought an antibody seen afterwards"),
        Column("other_sensitiser", "flag", "another event may have led to an antibody seen afterwards"),
        Column("transfusions_not_recorded", "flag", "an antibody was seen, and of some day nobody said what was given"),
        Column("self_antigen", "flag", "a target is an antigen of the participant; null when the participant was not typed"),
        Column("peak_mfi", "number", "highest MFI of a donor-specific antibody"),
    ),
    ("participant",),
    sealed=True,
)  # fmt: skip

DSA_FINDINGS = Schema(
    "dsa_findings",
    "one target of the reference donor: infused, or that would have been (closed report only)",
    (
        Column("participant", "key", "study code", required=True),
        Column("specificity", "key", "HLA name of the target", required=True),
        Column("hla_class", "key", "I or II"),
        Column("classification", "key", "class of the series of sera"),
        Column("baseline_mfi", "number", "MFI before the first infusion"),
        Column("last_mfi", "number", "MFI of the last serum"),
        Column("peak_mfi", "number", "highest MFI after the first infusion"),
        Column("above_threshold", "flag", "above the protocol's MFI threshold, in its classes"),
        Column(
            "flags",
            "text",
            "other causes and doubts, apart by blanks; never whether the donor's cells were infused",
        ),
        Column("batch", "key", "batches of the reference donor, apart by commas"),
        Column("locus", "key", "locus of the target; of a heterodimer that of the beta chain"),
        Column("baseline_on", "text", "day of the last valid serum before the first infusion"),
        Column("last_on", "text", "day of the last valid serum"),
        Column("limits", "text", "sign of an MFI that is the end of the reader's range: before, last"),
        Column(
            "beyond_evidence",
            "text",
            "a value lies above the threshold where it has no evidence: class, conjugate",
        ),
        Column("readings", "text", "what the readers made of the call"),
    ),
    (),
    sealed=True,
)

ANTIBODY_SERA = Schema(
    "antibody_sera",
    "one serum in one run and HLA class (closed report only)",
    (
        Column("participant", "key", "study code", required=True),
        Column("planned_day", "integer", "planned study day; null for a serum that was not planned"),
        Column("hla_class", "key", "I or II"),
        Column("side", "key", "before or after the first infusion, or unknown"),
        Column("is_valid", "flag", "some bead is valid"),
        Column("is_positive", "flag", "some bead is positive; null when grey alone, or nothing valid"),
        Column("vendor", "key", "manufacturer of the kit"),
        Column("lot", "key", "lot of the kit"),
        Column("run", "key", "run of the laboratory"),
        Column("treatment", "key", "treatment of the serum"),
        Column("conjugate", "key", "what the bound antibody was detected with"),
        Column("is_comparable", "flag", "measured as the baseline was; null before it or without one"),
        Column("same_run", "flag", "measured in the run of the baseline; null before it or without one"),
    ),
    (),
    sealed=True,
)  # fmt: skip

HAEMODYNAMIC_READINGS = Schema(
    "haemodynamic_readings",
    "one reading around an infusion whose anchor (start or end, by the protocol) is known to the minute",
    (
        Column("participant", "key", "study code", required=True),
        Column("infusion_number", "integer", "number of the infusion", required=True),
        Column("minutes", "number", "minutes from the anchor of the protocol's checks, negative before it", required=True),
        Column("heart_rate_bpm", "number", "heart rate, beats per minute"),
        Column("map_mmhg", "number", "mean arterial pressure, mmHg"),
        Column("spo2_percent", "number", "oxygen saturation, %"),
        Column("norepinephrine_ug_min", "number", "norepinephrine base, ug/min; 0 when none ran, null when unknown"),
        Column("norepinephrine_charted", "text", "the rate as charted, where it is not known in ug/min of base"),
    ),
    (),
)  # fmt: skip

EVENT_CHANGES = Schema(
    "event_changes",
    "one answer about an adverse event that differs from what stood at the cut-off of the last look",
    (
        Column("participant", "key", "study code", required=True),
        Column("event", "integer", "number of the event within the participant", required=True),
        Column("what", "key", "the answer that changed, or 'voided'", required=True),
        Column("before", "text", "as it stood at the last look; null when not recorded"),
        Column("now", "text", "as it stands now; null when not recorded"),
    ),
    ("participant", "event", "what"),
)
