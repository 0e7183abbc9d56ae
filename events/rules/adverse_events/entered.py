"""The columns of an adverse event that people enter, by what they are about."""

PARTIAL_DATES = ("onset", "worsened", "ended")
CRITERIA = (
    "results_in_death",
    "life_threatening",
    "hospitalisation",
    "disability",
    "congenital_anomaly",
    "medically_important",
)
"""The six questions of ICH E2A, in its order."""
ASSESSED = (
    "grade",
    "present_grade",
    "severity",
    "serious",
    *CRITERIA,
    "causality",
    "action_taken",
    "outcome",
    "narrative",
    "aware_at",
    "sponsor_informed_at",
)
"""How bad an event is, where it comes from, what was done and how it is now."""
ENTERED = (
    "reported_term",
    "ctcae_term",
    "specify",
    "dictionary_term",
    "dictionary_soc",
    "onset",
    "worsened",
    "ended",
    "ongoing",
    "after_infusion",
    *ASSESSED,
)
"""What people enter. Everything else of an event is derived, or says how the record came about."""
