"""The frames of daily assessments, of each participant's stay and vital status, and of protocol deviations."""

from __future__ import annotations

from reports.frames.columns import Column, Schema

DAILY_ASSESSMENTS = Schema(
    "daily_assessments",
    "one assessed day of one participant; nothing is imputed here",
    (
        Column("participant", "key", "study code", required=True),
        Column("study_day", "integer", "study day", required=True),
        Column("pf_ratio", "number", "PaO2/FiO2, mmHg; null when it cannot be computed and was not given"),
        Column("pf_is_given", "flag", "the source gave the ratio alone; null without a ratio"),
        Column("ventilation", "key", "strongest support of the day; null when not recorded",
               allowed=("invasive", "non_invasive", "high_flow", "oxygen", "none")),
        Column("peep_cmh2o", "number", "PEEP, cmH2O"),
        Column("sofa_respiration", "integer", "SOFA points, 0 to 4"),
        Column("sofa_coagulation", "integer", "SOFA points, 0 to 4"),
        Column("sofa_liver", "integer", "SOFA points, 0 to 4"),
        Column("sofa_cardiovascular", "integer", "SOFA points, 0 to 4"),
        Column("sofa_cns", "integer", "SOFA points, 0 to 4"),
        Column("sofa_renal", "integer", "SOFA points, 0 to 4"),
        Column("sofa_total", "integer", "sum of the six; null unless all six are recorded"),
        Column("vasopressor", "flag", "a vasopressor ran"),
        Column("renal_replacement", "flag", "renal replacement was given"),
        Column("place", "key", "where the participant was", allowed=("icu", "ward", "discharged")),
        Column("no_sample_improved", "flag", "no blood gas was taken because of improvement"),
        Column("recorded_at", "moment", "when first recorded"),
    ),
    ("participant", "study_day"),
)  # fmt: skip

FOLLOW_UP = Schema(
    "follow_up",
    "how far one enrolled participant was followed, from every record up to the cut-off",
    (
        Column("participant", "key", "study code", required=True),
        Column("last_alive_day", "integer", "last study day on which a record shows the participant alive"),
        Column("death_day", "integer", "study day of death; null when alive or when the day is not surely known"),
        Column("earliest_death_day", "integer", "first study day on which the death can have been; null when alive"),
        Column("latest_death_day", "integer", "last study day on which the death can have been; null when alive"),
        Column("died", "flag", "a death is recorded, also without a day", required=True),
        Column("cutoff_day", "integer", "study day of the data cut-off: days before it are over"),
        Column("left_icu_day", "integer", "first study day out of intensive care, alive"),
    ),
    ("participant",),
)  # fmt: skip

DEVIATIONS = Schema(
    "deviations",
    "one protocol deviation that does not speak of the product",
    (
        Column("participant", "key", "study code; null for a deviation of the site as a whole"),
        Column("site", "key", "code of the site", required=True),
        Column("category", "key", "code of the category", required=True),
        Column("importance", "key", "major or minor", required=True, allowed=("major", "minor")),
        Column("occurred_text", "text", "when, as given, perhaps partial"),
        Column("study_day", "integer", "study day; null when not surely known"),
        Column("recorded_at", "moment", "when first recorded"),
    ),
    (),
)

PRODUCT_DEVIATIONS = Schema(
    "product_deviations",
    "one protocol deviation that speaks of the product (closed report only)",
    (
        Column("participant", "key", "study code", required=True),
        Column("site", "key", "code of the site", required=True),
        Column("category", "key", "code of the category", required=True),
        Column("importance", "key", "major or minor", required=True, allowed=("major", "minor")),
        Column("occurred_text", "text", "when, as given, perhaps partial"),
        Column("study_day", "integer", "study day; null when not surely known"),
        Column("recorded_at", "moment", "when first recorded"),
    ),
    (),
    sealed=True,
)
