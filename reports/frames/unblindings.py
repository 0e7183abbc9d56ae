"""The schemas of unblindings and of the openings of the key."""

from __future__ import annotations

from reports.frames.columns import Column, Schema

UNBLINDINGS = Schema(
    "unblindings",
    "one emergency unblinding in which the arm was shown, or one inadvertent unblinding that stands",
    (
        Column("kind", "key", "how the blind was broken", required=True, allowed=("EMERGENCY", "INADVERTENT")),
        Column("number", "integer", "number of the record, unique within its kind", required=True),
        Column("participant", "key", "study code; null when it concerns more than one participant"),
        Column("site", "key", "code of the site; null when it concerns the whole trial", sealed=True),
        Column("study_day", "integer", "study day on which the arm was learnt", sealed=True),
        Column("happened_text", "text", "when the arm was learnt, perhaps partial", sealed=True),
        Column("reason", "key", "category of the emergency", sealed=True),
        Column("second_person", "key", "who confirmed: beside, own_session, nobody", sealed=True,
               allowed=("beside", "own_session", "nobody")),
        Column("learner", "key", "role of who learnt the arm", sealed=True),
        Column("impact", "key", "impact on the blind as assessed; null for an emergency", sealed=True),
        Column("recorded_at", "moment", "when first recorded"),
    ),
    ("kind", "number"),
)  # fmt: skip

ARM_KEY_OPENINGS = Schema(
    "arm_key_openings",
    "one opening of the key of the coded arms (closed report only)",
    (
        Column("number", "integer", "number of the opening", required=True),
        Column("account", "integer", "number of the account that opened it", required=True),
        Column("opened_at", "moment", "when", required=True),
    ),
    ("number",),
    sealed=True,
)
