"""The schema of the board's own records: alerts of boundaries and the board's answers."""

from __future__ import annotations

from reports.frames.columns import Column, Schema

BOUNDARY_ALERTS = Schema(
    "boundary_alerts",
    "one alert that a boundary raised, with the board's newest answer (closed report only)",
    (
        Column("boundary", "key", "id of the protocol's boundary", required=True),
        Column("arm", "key", "coded arm", required=True),
        Column("against", "key", "coded arm that it is compared with; null for a boundary of one arm"),
        Column("affected", "integer", "participants affected when it was raised", required=True),
        Column("evaluable", "integer", "treated participants when it was raised", required=True),
        Column("raised_at", "moment", "when it was raised", required=True),
        Column("answer", "key", "the board's newest answer; null while there is none"),
        Column("answered_at", "moment", "when that answer was given"),
    ),
    (),
    sealed=True,
)
