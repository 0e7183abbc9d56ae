"""The steps of making a report at which a storm can strike."""

STEPS = (
    "create_due_reports",
    "claim_report",
    "freeze_report",
    "_keep_snapshot",
    "render_documents",
    "keep_documents",
    "_keep_document",
    "_put_messages",
)
"""In their order: `create_due_reports` as the tasks call it, the others in `reports.services.making`."""
