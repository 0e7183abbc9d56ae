"""Alerts and answers, as the report's frame wants them and as the portal shows them."""

from collections.abc import Mapping
from typing import Any

from dsmb.queries.as_of import Row
from dsmb.queries.people import FrameRow, moment_text
from dsmb.queries.records import Records


def alert_rows(records: Records) -> list[FrameRow]:
    """The frame `boundary_alerts` (sealed)."""
    newest = _newest_answers(records)
    return [_alert(row, newest.get(row["id"])) for row in records["boundary_states"] if row["is_alert"]]


def _newest_answers(records: Records) -> Mapping[int, Row]:
    answers = sorted(records["alert_answers"], key=lambda row: (row["answered_at"], row["id"]))
    return {row["alert_id"]: row for row in answers}


def _alert(row: Row, answer: Row | None) -> dict[str, Any]:
    return {
        "boundary": row["boundary"],
        "arm": row["arm"],
        "against": row["against"] or None,
        "affected": row["affected"],
        "evaluable": row["evaluable"],
        "raised_at": moment_text(row["recorded_at"]),
        "answer": answer["choice"] if answer else None,
        "answered_at": moment_text(answer["answered_at"]) if answer else None,
    }
