"""The rows of the frames of infusions, doses and batches."""

from collections.abc import Iterable

from reports.frames.writing import moment_text
from reports.queries.people import FrameRow, People, number_or_none


def infusion_rows(people: People) -> Iterable[FrameRow]:
    """The frame `infusions`: those that were started."""
    return (
        {
            "participant": people.code(pk),
            "number": row["number"],
            "started_at": moment_text(row["started_at"]),
            "ended_at": moment_text(row["ended_at"]),
            "study_day": people.study_day(pk, row["started_at"]),
            "interrupted": row["interrupted"],
            "volume_ml": number_or_none(row["volume_ml"]),
            "recorded_at": moment_text(row["recorded_at"]),
        }
        for pk, rows in people.given.items()
        for row in rows
    )


def dose_rows(people: People) -> Iterable[FrameRow]:
    """The frame `doses` (sealed)."""
    batches = {row["id"]: row["code"] for row in people.records["product_batches"]}
    return (
        {
            "participant": people.code(row["participant_id"]),
            "infusion_number": people.infusion_by_id[row["infusion_id"]]["number"],
            "batch": batches.get(row["batch_id"]),
            "cells_million": number_or_none(row["cells_million"]),
        }
        for row in people.records["dispensed_doses"]
        if row["infusion_id"] in people.infusion_by_id
    )


def batch_rows(people: People) -> list[FrameRow]:
    """The frame `batches` (sealed)."""
    return [
        {
            "batch": row["code"],
            "donor": row["donor_code"] or None,
            "viability_percent": number_or_none(row["viability_percent"]),
            "within_specification": row["meets_specification"],
        }
        for row in people.records["product_batches"]
    ]
