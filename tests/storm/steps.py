"""The steps of making a report, at which a storm may strike."""

STEPS = (
    "owe_looks",
    "claim_report",
    "freeze_report",
    "_keep_snapshot",
    "render_documents",
    "keep_documents",
    "_keep_document",
    "_put_messages",
)
"""In their order: `owe_looks` as the tasks call it, the others in `reports.services.making`."""
